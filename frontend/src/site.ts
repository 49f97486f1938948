// What every page needs.
import "./elements/theme-toggle";
import "./elements/ordering-list";
import "./elements/live-submission";
import "./elements/conv-demo";
import "./confirm";
import "./copy";
import "./menus";
import "./shortcuts";
