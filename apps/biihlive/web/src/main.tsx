import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app";
import { AppContext } from "./ui/context";
import { Page } from "./ui/Page";
import { Preferences } from "./ui/preferences";
import "./ui/style.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no root");

const app = new App();
void app.start();

createRoot(root).render(
  <StrictMode>
    <Preferences>
      <AppContext value={app}>
        <Page />
      </AppContext>
    </Preferences>
  </StrictMode>,
);

if (import.meta.env.PROD && "serviceWorker" in navigator) {
  // Without it the page works all the same, but not without a network.
  navigator.serviceWorker.register("sw.js").catch(() => undefined);
}
