//! Who is let in, and which answers they accept.
use super::{World, operations};
use testing::*;

on_both!(a_guest_is_let_in_where_the_document_says_so_and_nowhere_else, async |app: App| {
    let world = World::full(&app).await;
    for operation in operations() {
        let said = app.ask(world.example(&operation).by_guest()).await;
        if operation.public {
            assert!(
                said.status != 401 && said.header("www-authenticate").is_empty(),
                "{operation}: {said:?}"
            );
        } else {
            let told = (said.status, said.header("www-authenticate"), said.body.clone());
            assert_eq!(told, (401, "Token", detail(GUEST)), "{operation}");
        }
    }
});

on_both!(a_request_that_accepts_no_json_is_refused_before_its_token_is_read, async |app: App| {
    let world = World::full(&app).await;
    for operation in operations() {
        for accept in ["application/xml", "image/png"] {
            let asked = world.example(&operation).header("Accept", accept);
            for said in [app.ask(asked.clone()).await, app.ask(asked.by_guest()).await] {
                let words = "Could not satisfy the request Accept header.";
                assert_eq!((said.status, said.body), (406, detail(words)), "{operation}");
            }
        }
    }
});
