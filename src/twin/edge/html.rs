//! The frame of the twin's web pages: plain HTML that needs no script, readable from afar.

use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue};

use crate::twin::edge::listen::{Answer, answer};

const STYLE: &str = "\
body{font:20px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;\
color:#111;background:#fff}\
h1{font-size:1.8rem}h2{font-size:1.3rem;margin-top:2rem}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .8rem .3rem 0;\
border-bottom:1px solid #bbb;vertical-align:top;overflow-wrap:anywhere}\
.note{background:#fff3c4;border:2px solid #a86b00;padding:.6rem 1rem}\
.bad{color:#a00000;font-weight:bold}.good{color:#006400;font-weight:bold}\
button{font:inherit;padding:.3rem 1rem}form.inline{display:inline}input{font:inherit}\
code{font-size:.9em}";

/// Text that stands in a page for itself.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for ch in text.chars() {
        match ch {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            ch if ch.is_control() && ch != '\n' => safe.push('\u{fffd}'),
            ch => safe.push(ch),
        }
    }
    safe
}

/// A page; `again` is after how many seconds it is loaded again.
pub fn page(status: u16, title: &str, again: Option<u32>, body: &str) -> Answer {
    let refresh = again
        .map(|seconds| format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">"))
        .unwrap_or_default();
    let title = escape(title);
    let text = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">{refresh}\
         <title>{title}</title><style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    );
    let mut answer = answer(status, "text/html; charset=utf-8", text);
    let headers = answer.headers_mut();
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_that_is_shown_is_taken_for_html() {
        assert_eq!(
            escape("<a href='x'>&\"\u{1b}"),
            "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\u{fffd}"
        );
    }
}
