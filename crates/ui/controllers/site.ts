// Entry of the customers' pages.
import clock from "./clock";
import composer from "./composer";
import fields from "./fields";
import live from "./live";
import panes from "./panes";
import prose from "./prose";
import push from "./push";
import requestDraft from "./request-draft";
import share from "./share";
import { start } from "./start";
import suggest from "./suggest";
import toast from "./toast";
import upload from "./upload";
import video from "./video";

start({ clock, composer, fields, live, panes, prose, push, "request-draft": requestDraft, share, suggest, toast, upload, video });
