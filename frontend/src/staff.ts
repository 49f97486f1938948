// The staff's pages.
import "./elements/live-region";
