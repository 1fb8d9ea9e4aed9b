// What the console does beyond plain pages: keys, theme, one press per button, charts. All of it can be missing.
"use strict";

(() => {
  const typing = (it) => it.matches("input:not([type=radio]):not([type=checkbox]), select, textarea, [contenteditable]");
  const one = (what) => document.querySelector(what);
  const prefix = document.body.dataset.prefix || "";
  const GO = { h: "", i: "/invoices", c: "/credit-notes", r: "/refunds", p: "/payments", k: "/customers", d: "/disputes", b: "/books", s: "/settings" };
  const POPS = "details:is(.menu, .pop, .switch, .who)[open]";
  let waiting = false;

  const rows = () => [...document.querySelectorAll("td a.row")];
  const step = (by) => {
    const all = rows(), at = all.indexOf(document.activeElement);
    const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
    if (next) next.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (one("#found")) one("#found").replaceChildren();
      const open = [...document.querySelectorAll(POPS)];
      for (const pop of open) pop.open = false;
      if (open.length) open[0].querySelector("summary").focus(); else if (typing(event.target)) event.target.blur();
      return;
    }
    const found = [...document.querySelectorAll("#found a")];
    if (found.length && (event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.closest(".find")) {
      event.preventDefault();
      const at = found.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      if (at < 0) one("#search").focus(); else found[Math.min(at, found.length - 1)].focus();
      return;
    }
    if (typing(event.target) || !prefix) return;
    if (waiting) {
      waiting = false;
      if (event.key in GO) { event.preventDefault(); location.href = prefix + GO[event.key]; }
      return;
    }
    const actions = {
      "/": () => one("#search").focus(),
      "?": () => one("#help").showModal(),
      g: () => { waiting = true; setTimeout(() => { waiting = false; }, 1200); },
      j: () => step(1),
      k: () => step(-1),
      r: () => { const it = one("[data-key=r]"); if (it) it.click(); },
      p: () => { const it = one("[data-key=p]"); if (it) it.click(); },
    };
    if (event.key in actions) { event.preventDefault(); actions[event.key](); }
  });

  document.addEventListener("click", (event) => {
    const it = event.target.closest("[data-do]");
    if (it && it.dataset.do === "theme") {
      const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
      const theme = dark ? "light" : "dark";
      document.documentElement.dataset.theme = theme;
      document.cookie = `avoir-theme=${theme}; path=/; max-age=31536000; samesite=lax`;
      document.dispatchEvent(new Event("theme"));
    }
    if (it && it.dataset.do === "help") one("#help").showModal();
    if (it && it.dataset.do === "close") it.closest("dialog, details").close ? it.closest("dialog").close() : (it.closest("details").open = false);
    if (!event.target.closest(".find") && one("#found")) one("#found").replaceChildren();
    for (const pop of document.querySelectorAll(POPS)) if (!pop.contains(event.target)) pop.open = false;
  });

  // A second press of a button changes nothing (the form's key sees to that); here it is only shown to be so.
  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (form.method !== "post" || (button && button.hasAttribute("formaction"))) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    if (button) button.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
    }
  });

  // Choosing how much of a line also chooses the line.
  document.addEventListener("input", (event) => {
    const row = event.target.closest("[data-line]");
    if (row && event.target.type !== "checkbox") row.querySelector("[type=checkbox]").checked = true;
  });

  // All that can be chosen on the page, or none of it.
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-do=all]")) return;
    for (const each of document.querySelectorAll("#list [name=invoice]")) each.checked = event.target.checked;
  });

  // On a phone the tabs are wider than the screen: where one is has to be seen.
  for (const here of document.querySelectorAll(":is(.tabs, .places) [aria-current]")) {
    here.scrollIntoView({ block: "nearest", inline: "center" });
  }

  // A chosen file is read into the field that is sent.
  document.addEventListener("change", async (event) => {
    const into = event.target.dataset && event.target.dataset.into, file = into && event.target.files[0];
    if (file) document.getElementById(into).value = await file.text();
  });

  const charts = [];
  const draw = (figure) => {
    const data = JSON.parse(figure.dataset.chart), css = getComputedStyle(document.documentElement);
    const ink = css.getPropertyValue("--ink-3"), line = css.getPropertyValue("--line");
    const tones = [css.getPropertyValue("--accent"), css.getPropertyValue("--line-strong")];
    const shown = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: data.currency, maximumFractionDigits: 0 });
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: "12px Inter, sans-serif" };
    const series = data.series.map((each, i) => ({
      label: each.label, stroke: tones[i], width: i ? 1.5 : 2.5, dash: i ? [5, 4] : undefined,
      points: { show: false }, value: (_, v) => (v === null || v === undefined ? "–" : shown.format(v)),
    }));
    const reading = figure.parentNode.querySelector(".reading");
    const read = (chart) => {
      const last = data.series[0].values.filter((value) => value !== null).length - 1;
      const at = chart.cursor.idx === null || chart.cursor.idx === undefined ? last : chart.cursor.idx;
      const said = data.series.map((each) => each.values[at] === null ? "" : `${shown.format(each.values[at])} ${each.label.toLowerCase()}`);
      if (reading) reading.textContent = `By ${data.x.toLowerCase()} ${data.days[at]}: ${said.filter(Boolean).join(", ")}`;
    };
    figure.replaceChildren();
    return new uPlot({
      width: figure.clientWidth, height: 210, legend: { show: false }, cursor: { y: false }, scales: { x: { time: false } },
      hooks: { ready: [read], setCursor: [read] },
      series: [{ label: data.x }, ...series],
      axes: [{ ...axis, size: 30 }, { ...axis, size: 72, values: (_, ticks) => ticks.map((v) => shown.format(v)) }],
    }, [data.days, ...data.series.map((each) => each.values)], figure);
  };
  const drawAll = () => {
    for (const chart of charts.splice(0)) chart.destroy();
    if (window.uPlot) for (const figure of document.querySelectorAll("[data-chart]")) charts.push(draw(figure));
  };
  drawAll();
  document.addEventListener("theme", drawAll);
  addEventListener("resize", () => { for (const chart of charts) chart.setSize({ width: chart.root.parentNode.clientWidth, height: 210 }); });
})();
