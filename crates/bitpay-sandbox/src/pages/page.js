// Counts down what the server said is left, by a clock that nobody sets.
(function () {
  var began = performance.now();
  document.querySelectorAll("[data-left]").forEach(function (shown) {
    var left = Number(shown.dataset.left);
    var tick = function () {
      var rest = Math.max(0, left - (performance.now() - began));
      var seconds = Math.ceil(rest / 1000);
      shown.textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
      if (rest > 0) setTimeout(tick, 250);
      else if (left > 0) setTimeout(function () { location.reload(); }, 500);
    };
    tick();
  });
  var again = document.querySelector("[data-again]");
  if (again) setTimeout(function () { location.reload(); }, 1000 * again.dataset.again);
})();
