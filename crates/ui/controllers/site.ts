// Entry of the customers' pages.
import clock from "./clock";
import composer from "./composer";
import fields from "./fields";
import found from "./found";
import live from "./live";
import push from "./push";
import requestDraft from "./request-draft";
import searchBox from "./search-box";
import { start } from "./start";
import suggest from "./suggest";
import toast from "./toast";
import upload from "./upload";

start({ clock, composer, fields, found, live, push, "request-draft": requestDraft, suggest, toast, upload, "search-box": searchBox });
