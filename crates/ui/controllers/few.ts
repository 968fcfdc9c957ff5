// What few of the customers' pages have: reading an article, and being told with the page closed. Loaded where one of it stands.
import panes from "./panes";
import prose from "./prose";
import push from "./push";
import share from "./share";
import video from "./video";

export default { panes, prose, push, share, video };
