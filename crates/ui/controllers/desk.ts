// Entry of the agents' and admin pages.
import articles from "./articles";
import bulk from "./bulk";
import clock from "./clock";
import composer from "./composer";
import fields from "./fields";
import focus from "./focus";
import found from "./found";
import frame from "./frame";
import live from "./live";
import more from "./more";
import palette from "./palette";
import requestDraft from "./request-draft";
import snippets from "./snippets";
import searchBox from "./search-box";
import { start } from "./start";
import stopwatch from "./stopwatch";
import slaClock from "./sla-clock";
import submitOnChange from "./submit-on-change";
import thread from "./thread";
import toast from "./toast";
import upload from "./upload";

start({ articles, bulk, clock, composer, fields, focus, found, frame, live, more, palette, "request-draft": requestDraft, "search-box": searchBox, stopwatch, snippets, "sla-clock": slaClock, "submit-on-change": submitOnChange, thread, toast, upload });
