//! What a use case answers. It is written out on the thread that made it; a long list follows page by page.
use super::{
    EventSink, Refusal,
    blocking::{deadline_from_now, go_on_blocking},
    events::EventStream,
    threads::Threads,
};
use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType},
    },
    web::Bytes,
};
use domain::shared::Page;
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use std::cell::Cell;

pub type HandlerResult = Result<Reply, Refusal>;

/// Styles in the page only, and forms that are sent to where they came from.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

pub enum Reply {
    Empty(StatusCode),
    Json(StatusCode, Bytes),
    /// HTML without script.
    Page(StatusCode, String),
    /// The first page of a list, and how to get on.
    Pages(Bytes, NextPage),
    Events(EventStream),
}

/// The bytes that come next; `None` after the last of them.
type NextPage = Box<dyn FnMut() -> Result<Option<Bytes>, Refusal> + Send>;

impl Reply {
    pub fn no_content() -> Self {
        Self::Empty(StatusCode::NO_CONTENT)
    }
    pub fn ok(body: &impl Serialize) -> Result<Self, Refusal> {
        Self::json(StatusCode::OK, body)
    }
    pub fn created(body: &impl Serialize) -> Result<Self, Refusal> {
        Self::json(StatusCode::CREATED, body)
    }
    fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, Refusal> {
        sonic_rs::to_vec(body).map(|json| Self::Json(status, json.into())).map_err(Refusal::internal)
    }
    pub fn page(status: StatusCode, html: String) -> Self {
        Self::Page(status, html)
    }
    /// JSON that was written out before.
    pub fn ready(json: Bytes) -> Self {
        Self::Json(StatusCode::OK, json)
    }

    /// Server-sent events, while the work goes on that sends them.
    pub fn events<F: Future<Output = ()> + Send + 'static>(work: impl FnOnce(EventSink) -> F) -> Self {
        Self::Events(EventStream::of(work))
    }

    /// A whole list as one array. The clients' lists are not paged; they are read page by page, so that
    /// nobody's ten years of diary stand in memory at once. `write` reads one page, and pushes each row.
    pub fn list<Id: Copy + Send + 'static>(
        mut write: impl FnMut(Page<Id>, &mut Rows<Id>) -> Result<(), Refusal> + Send + 'static,
    ) -> Result<Self, Refusal> {
        let mut page = move |page: Page<Id>, open: &[u8]| {
            let limit = page.limit();
            let mut rows = Rows::after(open);
            write(page, &mut rows)?;
            rows.end(limit)
        };
        let (json, mut after) = page(Page::first(), b"[")?;
        if after.is_none() {
            return Ok(Self::Json(StatusCode::OK, json));
        }
        let next = move || {
            let Some(id) = after else { return Ok(None) };
            let json;
            (json, after) = page(Page::after(id), b"")?;
            Ok(Some(json))
        };
        Ok(Self::Pages(json, Box::new(next)))
    }

    /// `threads` write what follows of a long list.
    pub(super) fn into_response(self, threads: &Threads) -> HttpResponse {
        match self {
            Self::Empty(status) => HttpResponse::new(status),
            Self::Json(status, json) => {
                HttpResponse::build(status).content_type(ContentType::json()).body(json)
            }
            Self::Page(status, html) => page_response(status, html),
            Self::Events(events) => HttpResponse::Ok()
                .content_type("text/event-stream")
                .insert_header((CACHE_CONTROL, "no-store"))
                // Of nginx, which else waits for the end.
                .insert_header(("x-accel-buffering", "no"))
                .streaming(events),
            Self::Pages(first, next) => {
                let following = following_pages(next, threads.always_usual());
                let pages = stream::once(async { Ok(first) }).chain(following);
                HttpResponse::Ok().content_type(ContentType::json()).streaming(Box::pin(pages))
            }
        }
    }
}

/// HTML without script.
pub(crate) fn page_response(status: StatusCode, html: String) -> HttpResponse {
    HttpResponse::build(status)
        .content_type(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .body(html)
}

fn following_pages(next: NextPage, threads: Threads) -> impl Stream<Item = Result<Bytes, Refusal>> {
    stream::unfold(Some((next, threads)), |state| async {
        let (mut next, threads) = state?;
        let page = move || next().map(|page| page.map(|bytes| (bytes, next)));
        match go_on_blocking(&threads, deadline_from_now(), page).await {
            Ok(None) => None,
            Ok(Some((bytes, next))) => Some((Ok(bytes), Some((next, threads)))),
            // The status is sent already: the connection breaks off, so that nobody takes it for the whole.
            Err(refusal) => Some((Err(refusal), None)),
        }
    })
}

thread_local! {
    /// Reused from page to page. A new one for each page cost a list of 5,000 rows 4 % more CPU, for it was copied as it grew.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(vec![]) };
}

/// Bytes. A larger buffer, of long texts, is not kept.
const BUFFER_KEPT: usize = 512 * 1024;

/// Where the rows of one page go.
pub struct Rows<Id> {
    json: Vec<u8>,
    count: i64,
    last: Option<Id>,
    broken: Option<sonic_rs::Error>,
}

impl<Id> Rows<Id> {
    fn after(open: &[u8]) -> Self {
        let mut json = BUFFER.take();
        json.clear();
        json.extend_from_slice(open);
        Self { json, count: 0, last: None, broken: None }
    }

    /// Writes a row at once: nothing of it is kept but its `id`, after which the next page begins.
    pub fn push(&mut self, id: Id, row: &impl Serialize) {
        if self.json.last().is_none_or(|byte| *byte != b'[') {
            self.json.push(b',');
        }
        self.broken = self.broken.take().or(sonic_rs::to_writer(&mut self.json, row).err());
        self.count += 1;
        self.last = Some(id);
    }

    /// What was written, and where the next page begins: `None` after the last one.
    fn end(self, limit: i64) -> Result<(Bytes, Option<Id>), Refusal> {
        let Self { mut json, count, last, broken } = self;
        if let Some(broken) = broken {
            return Err(Refusal::internal(broken));
        }
        let after = last.filter(|_| count == limit);
        if after.is_none() {
            json.push(b']');
        }
        let page = Bytes::copy_from_slice(&json);
        if json.capacity() <= BUFFER_KEPT {
            BUFFER.set(json);
        }
        Ok((page, after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(rows: Vec<&'static str>, end: Option<Refusal>) -> Result<Bytes, Refusal> {
        let mut end = end;
        let reply = Reply::list(move |_: Page<usize>, written| {
            rows.iter().enumerate().for_each(|(id, row)| written.push(id, row));
            end.take().map_or(Ok(()), Err)
        })?;
        match reply {
            Reply::Json(StatusCode::OK, json) => Ok(json),
            _ => Err(Refusal::internal("not one page")),
        }
    }

    #[test]
    fn a_page_that_fails_after_its_rows_sends_none_of_them_nor_does_the_next_list() {
        assert_eq!(list(vec!["a", "b"], None).unwrap(), r#"["a","b"]"#);
        assert!(list(vec!["secret"], Some(Refusal::UNAVAILABLE)).is_err());
        assert_eq!(list(vec![], None).unwrap(), "[]");
        assert_eq!(list(vec!["c"], None).unwrap(), r#"["c"]"#);
    }

    #[test]
    fn every_character_is_written_as_serde_json_writes_it_and_read_back() {
        let texts = (0..=0x2fff).chain([0xfeff, 0xffff, 0x1f9b7, 0x0010_ffff]).filter_map(char::from_u32);
        for text in texts.map(|c| format!("{c} between letters that are many enough {c}")) {
            let Reply::Json(_, json) = Reply::ok(&[&text]).unwrap() else { panic!("no JSON") };
            assert_eq!(json, serde_json::to_vec(&[&text]).unwrap());
            assert_eq!(serde_json::from_slice::<[String; 1]>(&json).unwrap(), [text]);
        }
    }

    #[test]
    fn a_row_that_cannot_be_written_fails_the_page() {
        let broken = Reply::list(|_: Page<usize>, rows| {
            rows.push(1, &"written");
            // JSON's keys are texts.
            rows.push(2, &std::collections::BTreeMap::from([((1, 2), 3)]));
            Ok(())
        });
        assert!(broken.is_err());
    }
}
