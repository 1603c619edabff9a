(function () {
  "use strict";
  var store = document.getElementById("figures");
  var told = store ? JSON.parse(store.textContent) : { figures: [] };
  told.figures.forEach(function (figure, number) {
    var place = document.getElementById("figure-" + (number + 1));
    window.Plotly.newPlot(place, figure.data, figure.layout, told.config).then(function () {
      place.dataset.drawn = "1";
    });
  });
}());
