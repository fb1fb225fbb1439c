//! As much of WebDriver as the browser test needs: JSON over HTTP to a `chromedriver` that is started here.
//! See <https://www.w3.org/TR/webdriver2/>.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub(crate) type Outcome<T = ()> = Result<T, String>;

/// How long something may take to show.
const PATIENCE: Duration = Duration::from_secs(15);

/// How large a screen is, and whether it is a phone's.
#[derive(Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) name: &'static str,
    pub(crate) width: u32,
    height: u32,
    phone: bool,
}

pub(crate) const DESKTOP: Screen = Screen {
    name: "desktop",
    width: 1280,
    height: 900,
    phone: false,
};

pub(crate) const PHONE: Screen = Screen {
    name: "phone",
    width: 390,
    height: 844,
    phone: true,
};

/// A browser without a window. It ends when this is dropped.
pub(crate) struct Browser {
    driver: Child,
    agent: ureq::Agent,
    session: String,
}

impl Browser {
    pub(crate) fn start() -> Outcome<Self> {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("chromedriver: {error}; install chromium-driver"))?;
        let output = driver.stdout.take().ok_or("chromedriver says nothing")?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines
            .find_map(|line| {
                let (_, rest) = line.split_once("started successfully on port ")?;
                rest.trim_end_matches('.').parse::<u16>().ok()
            })
            .ok_or("chromedriver did not start")?;
        // So that it is never held up by what it says.
        std::thread::spawn(move || lines.for_each(drop));
        let agent = ureq::Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        let mut browser = Self {
            driver,
            agent: agent.into(),
            session: format!("http://127.0.0.1:{port}/session"),
        };
        let made = browser.post(
            "",
            &json!({ "capabilities": { "alwaysMatch": {
                "browserName": "chrome",
                "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
                "goog:chromeOptions": { "args": [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    "--no-proxy-server", "--window-size=1280,900",
                ] },
            } } }),
        )?;
        let id = made["sessionId"].as_str().ok_or("no session")?;
        browser.session = format!("{}/{id}", browser.session);
        Ok(browser)
    }

    fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        let sent = self
            .agent
            .post(format!("{}{path}", self.session))
            .header("content-type", "application/json")
            .send(body.to_string());
        Self::read(sent)
    }

    fn get(&self, path: &str) -> Outcome<Value> {
        Self::read(self.agent.get(format!("{}{path}", self.session)).call())
    }

    fn read(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Outcome<Value> {
        let failed = |error: &dyn std::fmt::Display| format!("chromedriver: {error}");
        let mut answer = answer.map_err(|error| failed(&error))?;
        let text = answer
            .body_mut()
            .with_config()
            .limit(100 * 1024 * 1024)
            .read_to_string()
            .map_err(|error| failed(&error))?;
        let mut body: Value = serde_json::from_str(&text).map_err(|error| failed(&error))?;
        match body["value"]["error"].as_str() {
            Some(error) => Err(failed(&format!("{error}: {}", body["value"]["message"]))),
            None => Ok(body["value"].take()),
        }
    }

    pub(crate) fn open(&self, url: &str) -> Outcome {
        self.post("/url", &json!({ "url": url })).map(drop)
    }

    fn address(&self) -> Outcome<String> {
        let address = self.get("/url")?;
        Ok(address.as_str().unwrap_or_default().to_owned())
    }

    /// Clicks on the first that this CSS selector finds.
    pub(crate) fn click(&self, selector: &str) -> Outcome {
        let find = json!({ "using": "css selector", "value": selector });
        let found = self.post("/element", &find)?;
        let id = found
            .as_object()
            .and_then(|it| it.values().next()?.as_str())
            .ok_or_else(|| format!("there is no {selector}"))?;
        self.post(&format!("/element/{id}/click"), &json!({}))
            .map(drop)
    }

    /// What a script gives back.
    pub(crate) fn run(&self, script: &str) -> Outcome<Value> {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// What a script gives to its last argument, later.
    pub(crate) fn run_later(&self, script: &str) -> Outcome<Value> {
        self.post("/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// All text of the page, as it is seen.
    pub(crate) fn text(&self) -> Outcome<String> {
        let find = json!({ "using": "css selector", "value": "body" });
        let found = self.post("/element", &find)?;
        let id = found
            .as_object()
            .and_then(|it| it.values().next()?.as_str());
        let text = self.get(&format!("/element/{}/text", id.unwrap_or_default()))?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page says this: a click may still be on its way.
    pub(crate) fn says(&self, expected: &str) -> Outcome {
        self.wait(expected, false)
    }

    /// Waits until the page says this, loading it again meanwhile.
    pub(crate) fn comes_to_say(&self, expected: &str) -> Outcome {
        self.wait(expected, true)
    }

    fn wait(&self, expected: &str, reload: bool) -> Outcome {
        let until = Instant::now() + PATIENCE;
        loop {
            // Between two pages there is none.
            let text = self.text().unwrap_or_default();
            if text.contains(expected) {
                return Ok(());
            }
            if Instant::now() > until {
                let address = self.address()?;
                return Err(format!("{address} does not say {expected:?}:\n{text}"));
            }
            std::thread::sleep(Duration::from_millis(100));
            if reload {
                self.post("/refresh", &json!({}))?;
            }
        }
    }

    /// Asks the browser in its own language.
    fn devtools(&self, command: &str, params: &Value) -> Outcome<Value> {
        self.post(
            "/goog/cdp/execute",
            &json!({ "cmd": command, "params": params }),
        )
    }

    pub(crate) fn look_with(&self, screen: Screen) -> Outcome {
        let metrics = json!({
            "width": screen.width, "height": screen.height, "mobile": screen.phone,
            "deviceScaleFactor": if screen.phone { 2 } else { 1 },
        });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics)
            .map(drop)
    }

    pub(crate) fn allow_scripts(&self, allowed: bool) -> Outcome {
        let value = json!({ "value": !allowed });
        self.devtools("Emulation.setScriptExecutionDisabled", &value)
            .map(drop)
    }

    /// Saves how the whole page looks.
    pub(crate) fn save_picture(&self, path: &Path) -> Outcome {
        let whole = json!({ "format": "png", "captureBeyondViewport": true });
        let picture = self.devtools("Page.captureScreenshot", &whole)?;
        let png = STANDARD
            .decode(picture["data"].as_str().unwrap_or_default())
            .map_err(|error| format!("the picture: {error}"))?;
        std::fs::write(path, png).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// What the console shows since it was last asked, and each address that was asked for.
    pub(crate) fn what_happened(&self) -> Outcome<(Vec<String>, Vec<String>)> {
        let log = |kind: &str| self.post("/se/log", &json!({ "type": kind }));
        let console = log("browser")?;
        let console = console.as_array().into_iter().flatten();
        let console = console.map(|entry| format!("{}: {}", entry["level"], entry["message"]));
        let network = log("performance")?;
        let asked = network
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let event: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
                let event = &event["message"];
                let is_request = event["method"] == "Network.requestWillBeSent";
                let url = event["params"]["request"]["url"].as_str()?;
                is_request.then(|| url.to_owned())
            });
        Ok((console.collect(), asked.collect()))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
