"use strict";
(() => {
  const page = JSON.parse(document.getElementById("page").textContent);
  const charts = [...document.querySelectorAll(".chart[data-figure]")];
  const drawn = new Map();

  /** What is chosen: the values of the settings that are not "all", and the normalizers. */
  function choice() {
    const settings = [...document.querySelectorAll("select[data-setting]")]
      .filter((select) => select.value !== "")
      .map((select) => [select.dataset.setting, select.value]);
    const boxes = [...document.querySelectorAll("input[data-norm]")];
    return { settings, norms: new Set(boxes.filter((box) => box.checked).map((box) => box.dataset.norm)), boxes };
  }

  /** Whether a row of a figure is of what is chosen; what does not say is. */
  function isChosen(row, { settings, norms, boxes }) {
    if (boxes.length && typeof row.norm === "string" && boxes.some((box) => box.dataset.norm === row.norm) && !norms.has(row.norm)) {
      return false;
    }
    const panel = page.panels[row.panel] || {};
    return settings.every(([name, value]) => {
      const own = row[name] ?? panel[name];
      return own === undefined || String(own) === value || Number(own) === Number(value);
    });
  }

  /** The parts of a figure that is put together of some. */
  function panelsOf(spec) {
    const parts = spec.concat || spec.hconcat || spec.vconcat;
    return parts ? parts.flatMap((part) => (part.concat || part.hconcat || part.vconcat ? panelsOf(part) : [part])) : [];
  }

  const isNumber = (value) => typeof value === "number";
  /** Panels are no narrower. */
  const MOST_NARROW = { grid: 40, alone: 90 };

  /** The room that a figure has; a paper's size would be small on a screen, and large on a phone. */
  function fitted(spec, room, panels) {
    foldLegends(spec, room);
    if (isGrid(spec)) {
      fitGrid(spec, room);
    } else if (spec.spec && isNumber(spec.spec.width)) {
      const columns = Math.max(1, Math.min(spec.columns || 2, panels, Math.floor(room / 250)));
      spec.columns = columns;
      spec.spec.width = Math.max(120, Math.min(520, Math.floor((room - 66) / columns) - 14));
      if (isNumber(spec.spec.height)) spec.spec.height = Math.max(spec.spec.height, Math.round(Math.min(260, spec.spec.width * 0.62)));
    } else if (panelsOf(spec).length > 0 && panelsOf(spec).every((part) => part.title)) {
      // Panels that stand by themselves flow as words do.
      spec.concat = panelsOf(spec);
      delete spec.hconcat;
      delete spec.vconcat;
      spec.columns = Math.max(1, Math.min(spec.concat.length, 3, Math.floor(room / 250)));
      for (const part of spec.concat) {
        if (isNumber(part.width)) part.width = Math.max(part.width, Math.min(480, Math.floor(room / spec.columns) - 84));
        if (isNumber(part.height)) part.height = Math.max(part.height, Math.min(260, Math.round(part.width * 0.6)));
      }
    } else if (isNumber(spec.width)) {
      const isFitted = spec.autosize && spec.autosize.type === "fit";
      spec.width = Math.max(200, Math.min(680, room - (isFitted ? 2 : 76)));
      if (isNumber(spec.height)) spec.height = Math.max(spec.height, Math.min(380, Math.round(spec.width * 0.58)));
    }
    return spec;
  }

  /** Whether a figure has rows and columns of panels. */
  function isGrid(spec) {
    return Boolean(spec.facet && (spec.facet.row || spec.facet.column));
  }

  /** How many columns of panels stand beside each other. */
  function columnsOf(spec) {
    if (!isGrid(spec)) return spec.concat || spec.spec ? spec.columns || 1 : 1;
    const field = spec.facet.column && spec.facet.column.field;
    return Math.max(1, new Set(Object.values(spec.datasets || {}).flatMap((rows) => rows.map((row) => row[field]))).size);
  }

  /** Columns of a grid as narrow as there is room for. */
  function fitGrid(spec, room) {
    if (room < 500) spec.spacing = { row: 10, column: 6 };
    const width = Math.floor((room - 90) / columnsOf(spec)) - (room < 500 ? 6 : 12);
    spec.spec.width = Math.max(MOST_NARROW.grid, Math.min(spec.spec.width, width));
  }

  /** Legends in as many columns as there is room for. */
  function foldLegends(part, room) {
    if (!part || typeof part !== "object") return;
    for (const [name, value] of Object.entries(part)) {
      if (name === "datasets") continue;
      if (name === "legend" && value && isNumber(value.columns)) value.columns = Math.max(1, Math.min(value.columns, Math.floor(room / 88)));
      foldLegends(value, room);
    }
  }

  /** Draws into a place; what long labels made too wide is drawn narrower, and rows of parts as wide as there is room. */
  async function embed(place, spec, room, options) {
    let result = await vegaEmbed(place, spec, options);
    for (let turn = 0; turn < 3; turn += 1) {
      const excess = place.querySelector("svg").getBoundingClientRect().width - room;
      const parts = flexible(spec);
      const isRow = !spec.concat && panelsOf(spec).length > 0;
      const change = Math.ceil(excess / columnsOf(spec)) + (isGrid(spec) ? 0 : 2);
      const least = isGrid(spec) ? MOST_NARROW.grid : MOST_NARROW.alone;
      // Names are never cut short: what does not fit then scrolls.
      const widths = parts.map((part) => Math.max(least, Math.min(part.width - change, Math.max(part.width, 480))));
      const isDone = excess <= 1 && !(isRow && turn === 0 && excess < -40);
      if (isDone || parts.every((part, place) => part.width === widths[place])) return result;
      result.finalize();
      parts.forEach((part, place) => { part.width = widths[place]; });
      result = await vegaEmbed(place, spec, options);
    }
    return result;
  }

  /** The parts of a figure whose widths can change: of parts in a row the widest, that the others stand beside. */
  function flexible(spec) {
    if (spec.concat) return spec.concat.filter((part) => isNumber(part.width));
    if (spec.vconcat) return spec.vconcat.flatMap(flexible);
    if (spec.hconcat) return panelsOf(spec).filter((part) => isNumber(part.width)).sort((a, b) => b.width - a.width).slice(0, 1);
    return [spec.spec ?? spec].filter((part) => isNumber(part.width));
  }

  async function draw(chart) {
    const room = chart.clientWidth;
    const chosen = choice();
    const narrow = room < 500 && document.getElementById("narrow-" + chart.dataset.figure);
    const spec = JSON.parse((narrow || document.getElementById("spec-" + chart.dataset.figure)).textContent);
    let rows = 0;
    const panels = new Set();
    for (const name of Object.keys(spec.datasets || {})) {
      spec.datasets[name] = spec.datasets[name].filter((row) => isChosen(row, chosen));
      rows += spec.datasets[name].length;
      spec.datasets[name].forEach((row) => panels.add(row.panel));
    }
    const turn = (drawn.get(chart)?.turn ?? 0) + 1;
    drawn.get(chart)?.view?.finalize();
    drawn.set(chart, { turn });
    if (rows === 0) {
      chart.innerHTML = '<p class="nothing">Nothing of what is chosen is in this figure.</p>';
      chart.dataset.drawn = "empty";
      return;
    }
    const options = {
      mode: "vega-lite", renderer: "svg", tooltip: { theme: "light" }, logLevel: 1,
      actions: { export: true, source: false, compiled: false, editor: false }, downloadFileName: chart.dataset.figure,
    };
    const place = document.createElement("div");
    chart.replaceChildren(place);
    const result = await embed(place, fitted(spec, room, panels.size), room, options);
    if (drawn.get(chart).turn === turn) drawn.set(chart, { turn, view: result.view });
    chart.querySelector("svg")?.setAttribute("aria-hidden", "true");
    chart.dataset.drawn = "yes";
  }

  async function drawAll() {
    for (const chart of charts) {
      try {
        await draw(chart);
      } catch (error) {
        chart.dataset.drawn = "failed";
        chart.textContent = "This figure cannot be drawn here; its numbers are in the table below.";
        console.error(chart.dataset.figure, error);
      }
    }
    document.body.dataset.drawn = "all";
  }

  document.querySelectorAll("select[data-setting], input[data-norm]").forEach((input) => input.addEventListener("change", drawAll));
  let width = window.innerWidth, timer;
  window.addEventListener("resize", () => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (window.innerWidth !== width) { width = window.innerWidth; drawAll(); } }, 150);
  });
  // On paper nothing can be opened.
  window.addEventListener("beforeprint", () => document.querySelectorAll("main details:not(.chart details)").forEach((one) => { one.open = true; }));
  drawAll();
})();
