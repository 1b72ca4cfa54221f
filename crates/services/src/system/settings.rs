//! `system.settings`.

use claudebench_core::{Code, Error, Scope, TenantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::json::Json;
use crate::method::{Access, Method};

/// Lists the settings in force of the server that answers, and where each comes from; what is secret is hidden. It
/// takes the tenant `default`, as the server is not one tenant's.
///
/// ```json
/// {}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "SystemSettings")]
pub struct Settings {}

/// The settings in force.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemSettingsFound")]
pub struct SettingsFound {
    /// Every setting that there is, in the order of `claudebench config default`.
    pub settings: Vec<SettingFound>,
}

/// A setting.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemSetting")]
pub struct SettingFound {
    /// Its name, such as `limits.batch`.
    pub name: String,
    /// Its value: a number, a text, true or false, or a list of texts; with `***` for what is secret.
    pub value: Json,
    /// Whether something of the value is hidden.
    pub hidden: bool,
    /// What set it.
    pub origin: SettingOrigin,
    /// Where exactly: a file with its line, a variable, a flag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// What set a setting.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SystemSettingOrigin")]
pub enum SettingOrigin {
    /// Nobody: it is the default.
    Default,
    /// A file.
    File,
    /// A variable of the environment.
    Environment,
    /// A flag of the command line.
    CommandLine,
}

impl Method for Settings {
    const NAME: &'static str = "system.settings";
    const ACCESS: Access = Access::Read(Scope::Admin);
    type Output = SettingsFound;

    async fn call(self, cx: &Context) -> Result<SettingsFound, Error> {
        if cx.tenant() != TenantId::DEFAULT {
            let message = "system.settings shows what serves all tenants: it takes a key of the tenant `default`";
            return Err(Error::new(Code::Forbidden, message));
        }
        Ok(SettingsFound { settings: cx.shared.settings.to_vec() })
    }
}
