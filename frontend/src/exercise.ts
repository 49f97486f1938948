// The exercise page: editor, panes, and sending without leaving the page.
import "./elements/code-editor";
import "./elements/split-panes";
import "./live-form";
