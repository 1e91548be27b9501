import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app";
import { connectMediaSession } from "./player/mediaSession";
import { Page } from "./ui/Page";
import { Preferences } from "./ui/preferences";
import "./ui/style.css";

const audio = document.querySelector("audio");
const root = document.getElementById("root");
if (!audio || !root) throw new Error("index.html has no audio element or no root");

const app = new App(audio, localStorage);
connectMediaSession(app.player);
void app.start();

createRoot(root).render(
  <StrictMode>
    <Preferences>
      <Page app={app} />
    </Preferences>
  </StrictMode>,
);
