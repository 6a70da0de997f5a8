//! ReDoc, out of the crate that carries its bundle: one page with an inline script of a megabyte. The script is taken out
//! of it here, so that the page's policy allows none inline, and it is cached.
use actix_web::web::Bytes;
use aide::redoc::Redoc;

pub(super) struct RedocPage {
    pub(super) html: String,
    pub(super) script: Bytes,
}

#[derive(Debug, thiserror::Error)]
#[error("the page of aide's ReDoc has another form than its version 0.15")]
pub(super) struct UnknownRedoc;

/// Beside the page.
pub(super) const SCRIPT: &str = "redoc.js";

/// The only thing that ReDoc would load from another host. An image that cannot be read is left out.
const LOGO: &str = "https://cdn.redoc.ly/redoc/logo-mini.svg";
const NO_IMAGE: &str = "data:,";

impl RedocPage {
    pub(super) fn new(title: &str, document_url: &str) -> Result<Self, UnknownRedoc> {
        let theirs = Redoc::new(document_url).html();
        let (_, script) = theirs.split_once("<script>").ok_or(UnknownRedoc)?;
        let (script, _) = script.rsplit_once("</script>").ok_or(UnknownRedoc)?;
        if !script.contains(LOGO) {
            return Err(UnknownRedoc);
        }
        Ok(Self { html: html(title), script: script.replace(LOGO, NO_IMAGE).into() })
    }
}

/// For phones too, as aide's is not.
fn html(title: &str) -> String {
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ margin: 0 }}</style>
</head>
<body>
<div id="redoc-container"></div>
<noscript>This page needs its script. The document itself: <a href="/api/schema/">/api/schema/</a>.</noscript>
<script src="{SCRIPT}"></script>
</body>
</html>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_no_inline_script_and_neither_it_nor_its_script_asks_another_host() {
        let RedocPage { html, script } = RedocPage::new("Carebase", "/api/schema/").unwrap();
        let script = std::str::from_utf8(&script).unwrap();
        assert!(html.contains("<title>Carebase</title>"), "{html}");
        assert_eq!(html.matches("<script").count(), 1, "{html}");
        assert!(script.trim_end().ends_with("document.getElementById('redoc-container'))"));
        assert!(script.contains("Redoc.init(\"/api/schema/\""));
        for loads in ["src:\"http", "url(http", "fonts.googleapis", "cdn."] {
            assert!(!html.contains(loads) && !script.contains(loads), "{loads}");
        }
    }
}
