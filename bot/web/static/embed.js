// One line on a foreign page: <script src="https://HOST/chat/embed.js" async></script>
// Adds a button that opens the chat in a frame. It reads and writes nothing else of the page.
(() => {
  const source = document.currentScript.src;
  const page = new URL("/chat", source).href;
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    button { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; min-width: 56px; height: 56px; padding: 0 18px;
      border: 0; border-radius: 28px; background: #0b4ea2; color: #fff; font: 600 16px system-ui, sans-serif;
      box-shadow: 0 4px 14px rgb(0 0 0 / 28%); cursor: pointer; }
    button:focus-visible { outline: 3px solid #ffb300; outline-offset: 2px; }
    iframe { position: fixed; right: 20px; bottom: 88px; z-index: 2147483000; width: min(400px, calc(100vw - 24px));
      height: min(640px, calc(100vh - 110px)); border: 1px solid #c6d0dc; border-radius: 14px; background: #fff;
      box-shadow: 0 8px 30px rgb(0 0 0 / 25%); }
    iframe[hidden] { display: none; }
    @media (max-width: 480px) { iframe { right: 12px; } }
  `);
  root.adoptedStyleSheets = [sheet];
  const button = document.createElement("button");
  button.type = "button";
  const frame = document.createElement("iframe");
  frame.title = "交警智能助手欣欣";
  frame.hidden = true;
  const label = () => {
    button.textContent = frame.hidden ? "问交警" : "收起";
    button.setAttribute("aria-expanded", String(!frame.hidden));
  };
  button.addEventListener("click", () => {
    if (!frame.src) frame.src = page;
    frame.hidden = !frame.hidden;
    label();
    if (!frame.hidden) frame.focus();
  });
  label();
  root.append(frame, button);
  const add = () => document.body.append(host);
  if (document.body) add();
  else addEventListener("DOMContentLoaded", add);
})();
