// Optional: every page works without it. On a wide screen the filters are open; new browsers
// show them by CSS alone, older ones need this.
(function () {
  "use strict";
  var filters = document.querySelector(".filters");
  if (filters && matchMedia("(min-width:60em)").matches) filters.open = true;
}());
