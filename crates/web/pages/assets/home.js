// Says whether the server takes work, and puts its own address into the examples.
const mark = document.querySelector("[data-health]");
const words = document.getElementById("health");

function show(health, text) {
  mark.dataset.health = health;
  words.textContent = text;
}

async function askHealth() {
  try {
    const answer = await fetch("/readyz", { headers: { accept: "application/json" } });
    const body = await answer.json();
    if (answer.ok) {
      show("good", "The server is healthy and takes requests.");
    } else if (body.stopping) {
      show("bad", "The server is stopping.");
    } else {
      const failed = (body.checks ?? []).filter((check) => !check.ok).map((check) => check.name);
      show("bad", `The server isn't ready. Not well: ${failed.join(", ") || "unknown"}.`);
    }
  } catch {
    show("bad", "The server doesn't answer.");
  }
}

for (const place of document.querySelectorAll("[data-origin]")) {
  place.textContent = location.origin;
}
askHealth();
setInterval(askHealth, 15000);
