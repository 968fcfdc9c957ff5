// Entry of the page on which articles are written. It joins the desk's scripts there and nowhere else.
import { Application } from "@hotwired/stimulus";
import page from "./writer/page";

Application.start().register("writer", page);
