// The exercise page: editor, panes, sending without leaving the page, and what differs in the result.
import "./elements/code-editor";
import "./elements/heat-map";
import "./elements/split-panes";
import "./live-form";
