import { existsSync } from "node:fs";

import { defineConfig } from "@playwright/test";

// Debian's own; elsewhere CHROMIUM names another one.
const chromium = process.env["CHROMIUM"] ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));

// Pages that are not from the server itself (WEB_DIST) would not be let speak to this machine.
const local = process.env["WEB_DIST"] === undefined ? [] : ["--disable-features=LocalNetworkAccessChecks"];

export default defineConfig({
  testDir: "tests",
  outputDir: "node_modules/.cache/playwright",
  // Each test has a server of its own.
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  retries: 0,
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: { ...(chromium === undefined ? {} : { executablePath: chromium }), args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", ...local] },
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    actionTimeout: 10_000,
    trace: "off",
  },
});
