// A button that goes somewhere: one link that looks like a button, not a button inside a link.
import { createLink } from "@tanstack/react-router";
import { Button } from "antd";

export const LinkButton = createLink(Button);
