// Before anything is drawn: the reader's choice, or the system's.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem("theme");
  } catch (_) {
    // Without storage, the system decides.
  }
  var dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
})();
