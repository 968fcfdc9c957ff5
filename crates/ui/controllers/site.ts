// Entry of the customers' pages.
import clock from "./clock";
import composer from "./composer";
import live from "./live";
import requestDraft from "./request-draft";
import { start } from "./start";
import toast from "./toast";
import upload from "./upload";

start({ clock, composer, live, "request-draft": requestDraft, toast, upload });
