// Entry of the site shell: Turbo only, until its controllers are written.
import "@hotwired/turbo";
