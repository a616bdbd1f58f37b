// Before the first paint, so that a chosen theme does not flash. The key is that of shared/src/theme.svelte.ts.
(function () {
  try {
    var theme = localStorage.getItem('redbutton.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.setAttribute('data-theme', theme);
  } catch (refused) {
    void refused; // Storage is off: the system's theme stands.
  }
})();
