// Entry of the desk shell: Turbo only, until its controllers are written.
import "@hotwired/turbo";
