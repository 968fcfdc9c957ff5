// Entry of the agents' and admin pages.
import clock from "./clock";
import composer from "./composer";
import focus from "./focus";
import frame from "./frame";
import live from "./live";
import more from "./more";
import palette from "./palette";
import requestDraft from "./request-draft";
import { start } from "./start";
import submitOnChange from "./submit-on-change";
import thread from "./thread";
import toast from "./toast";
import upload from "./upload";

start({ clock, composer, focus, frame, live, more, palette, "request-draft": requestDraft, "submit-on-change": submitOnChange, thread, toast, upload });
