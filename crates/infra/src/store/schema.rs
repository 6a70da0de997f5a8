//! The tables, one text for both databases: what each column is in SQL stands in `migrations/`.
diesel::table! {
    accounts (id) {
        id -> BigInt,
        username -> Text,
        email -> Text,
        email_key -> Text,
        password -> Text,
        first_name -> Text,
        last_name -> Text,
        father_name -> Text,
        sex -> Nullable<Text>,
        date_of_birth -> Nullable<Date>,
        phone_number -> Text,
        is_doctor -> Bool,
        is_patient -> Bool,
        is_staff -> Bool,
        is_active -> Bool,
        created_at -> Timestamp,
    }
}
diesel::table! {
    idempotency_keys (account_id, route, name) {
        account_id -> BigInt,
        route -> Text,
        name -> Text,
        fingerprint -> Text,
        object_id -> Nullable<BigInt>,
        at -> Timestamp,
    }
}
diesel::table! {
    sessions (account_id) {
        account_id -> BigInt,
        nonce -> Text,
        token_hash -> Text,
        created_at -> Timestamp,
    }
}
diesel::table! {
    audit_entries (id) {
        id -> BigInt,
        at -> Timestamp,
        actor_id -> Nullable<BigInt>,
        patient_id -> BigInt,
        act -> Text,
        link_id -> Nullable<BigInt>,
        object_id -> Nullable<BigInt>,
    }
}
diesel::table! {
    notifications (id) {
        id -> BigInt,
        owner_id -> BigInt,
        code -> Text,
        args -> Text,
        is_read -> Bool,
        created_at -> Timestamp,
    }
}
diesel::table! {
    links (id) {
        id -> BigInt,
        patient_id -> BigInt,
        doctor_id -> BigInt,
        status -> Text,
        requested_at -> Timestamp,
        answered_at -> Nullable<Timestamp>,
    }
}
diesel::table! {
    clinical_entries (id) {
        id -> BigInt,
        kind -> Text,
        link_id -> BigInt,
        text -> Binary,
        details -> Binary,
        created_at -> Timestamp,
        modified_at -> Timestamp,
    }
}
diesel::table! {
    body_parts (id) {
        id -> BigInt,
        name -> Text,
        translation -> Text,
    }
}
diesel::table! {
    records (id) {
        id -> BigInt,
        owner_id -> BigInt,
        pain_type -> Text,
        intensity -> BigInt,
        description -> Binary,
        took_prescription -> Bool,
        body_part_id -> BigInt,
        recorded_at -> Timestamp,
        modified_at -> Timestamp,
    }
}
diesel::table! {
    notes (id) {
        id -> BigInt,
        owner_id -> BigInt,
        title -> Binary,
        body -> Binary,
        created_at -> Timestamp,
        modified_at -> Timestamp,
    }
}
diesel::table! {
    house (name) {
        name -> Text,
    }
}
diesel::table! {
    access (id) {
        id -> Integer,
        epoch -> BigInt,
        people -> BigInt,
    }
}
diesel::table! {
    #[sql_name = "support_desk"]
    support_inbox (id) {
        id -> Integer,
        last_seq -> BigInt,
    }
}
diesel::table! {
    socket_tickets (ticket_hash) {
        ticket_hash -> Text,
        token_hash -> Text,
        ends_at -> Timestamp,
    }
}
diesel::table! {
    conversations (id) {
        id -> BigInt,
        low_id -> BigInt,
        high_id -> BigInt,
        started_at -> Timestamp,
        last_seq -> BigInt,
        cleared_seq -> BigInt,
        erased_seq -> BigInt,
        answered_seq -> BigInt,
        answered_by -> Nullable<BigInt>,
    }
}
diesel::table! {
    messages (conversation_id, seq) {
        conversation_id -> BigInt,
        seq -> BigInt,
        sender_id -> BigInt,
        from_staff -> Bool,
        body -> Binary,
        client_id -> Nullable<Text>,
        #[sql_name = "desk_seq"]
        inbox_seq -> Nullable<BigInt>,
        sent_at -> Timestamp,
    }
}
diesel::table! {
    outbox (id) {
        id -> BigInt,
        queue -> Text,
        owner_id -> BigInt,
        message_id -> Text,
        letter -> Binary,
        state -> Text,
        failure -> Nullable<Text>,
        attempts -> BigInt,
        queued_at -> Timestamp,
        attempted_at -> Nullable<Timestamp>,
        due_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
        channel -> Text,
    }
}
diesel::table! {
    alarm_scenarios (id) {
        id -> BigInt,
        name -> Text,
        play_music -> Bool,
        notify_contact -> Bool,
        notify_therapist -> Bool,
    }
}
diesel::table! {
    music_tracks (id) {
        id -> BigInt,
        name -> Text,
        url -> Text,
    }
}
diesel::table! {
    crisis_profiles (owner_id) {
        owner_id -> BigInt,
        age -> Nullable<BigInt>,
        location -> Binary,
        military_status -> Bool,
        ptsd_level -> Nullable<BigInt>,
        music_id -> Nullable<BigInt>,
        has_therapist_contact -> Bool,
        scenario_id -> Nullable<BigInt>,
        created_at -> Timestamp,
        modified_at -> Timestamp,
    }
}
diesel::table! {
    emergency_contacts (id) {
        id -> BigInt,
        owner_id -> BigInt,
        name -> Binary,
        relationship -> Binary,
        phone -> Binary,
        email -> Binary,
        created_at -> Timestamp,
        modified_at -> Timestamp,
        checked_at -> Nullable<Timestamp>,
    }
}
diesel::table! {
    therapists (owner_id) {
        owner_id -> BigInt,
        name -> Binary,
        phone -> Binary,
        email -> Binary,
        created_at -> Timestamp,
        modified_at -> Timestamp,
        checked_at -> Nullable<Timestamp>,
    }
}
diesel::table! {
    alarms (id) {
        id -> BigInt,
        owner_id -> BigInt,
        scenario_id -> Nullable<BigInt>,
        joined_to -> Nullable<BigInt>,
        location -> Binary,
        music_played -> Bool,
        voice_message_played -> Bool,
        raised_at -> Timestamp,
        modified_at -> Timestamp,
        origin -> Nullable<Text>,
        repeats -> BigInt,
        repeat_at -> Nullable<Timestamp>,
        answered_at -> Nullable<Timestamp>,
        safe_at -> Nullable<Timestamp>,
    }
}
diesel::table! {
    contact_consents (owner_id, address_hash) {
        owner_id -> BigInt,
        address_hash -> Text,
        asked_at -> Nullable<Timestamp>,
        confirmed_at -> Nullable<Timestamp>,
        nonce -> Text,
        link_hash -> Text,
        created_at -> Timestamp,
    }
}
diesel::table! {
    refused_addresses (address_hash) {
        address_hash -> Text,
        refused_at -> Timestamp,
    }
}
diesel::table! {
    alarm_letters (delivery_id) {
        delivery_id -> BigInt,
        alarm_id -> BigInt,
        kind -> Text,
        round -> BigInt,
        channel -> Text,
        contact_id -> Nullable<BigInt>,
        name -> Binary,
        relationship -> Binary,
        unconfirmed -> Bool,
        answer_hash -> Nullable<Text>,
        answered_at -> Nullable<Timestamp>,
        told -> Bool,
    }
}
diesel::table! {
    mail_settings (owner_id) {
        owner_id -> BigInt,
        digest -> Text,
        appointments -> Bool,
        next_digest_at -> Nullable<Timestamp>,
        told_until -> BigInt,
        origin -> Nullable<Text>,
        unsubscribe_nonce -> Text,
        unsubscribe_hash -> Text,
    }
}
diesel::table! {
    password_reset_requests (id) {
        id -> BigInt,
        email_key -> Text,
        origin -> Text,
        requested_at -> Timestamp,
    }
}
diesel::table! {
    password_resets (token_hash) {
        token_hash -> Text,
        account_id -> BigInt,
        spent -> Bool,
        expires_at -> Timestamp,
        created_at -> Timestamp,
    }
}
diesel::table! {
    assistant_sessions (id) {
        id -> BigInt,
        owner_id -> BigInt,
        started_at -> Timestamp,
        last_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}
diesel::table! {
    assistant_messages (id) {
        id -> BigInt,
        session_id -> BigInt,
        owner_id -> BigInt,
        sender -> Text,
        message -> Binary,
        sent_at -> Timestamp,
        is_context -> Bool,
        screen -> Nullable<Text>,
        model -> Nullable<Text>,
        took -> Nullable<BigInt>,
        tokens -> Nullable<BigInt>,
    }
}
diesel::table! {
    assistant_usage (owner_id, hour) {
        owner_id -> BigInt,
        hour -> Timestamp,
        messages -> BigInt,
        tokens -> BigInt,
    }
}
diesel::table! {
    assistant_erasures (owner_id) {
        owner_id -> BigInt,
        erased_at -> Timestamp,
    }
}
diesel::table! {
    assistant_agreements (owner_id) {
        owner_id -> BigInt,
        agreed_at -> Timestamp,
    }
}
diesel::joinable!(assistant_messages -> assistant_sessions (session_id));
diesel::joinable!(assistant_agreements -> accounts (owner_id));
diesel::joinable!(mail_settings -> accounts (owner_id));
diesel::joinable!(password_resets -> accounts (account_id));
diesel::joinable!(crisis_profiles -> accounts (owner_id));
diesel::joinable!(therapists -> accounts (owner_id));
diesel::joinable!(alarms -> accounts (owner_id));
diesel::joinable!(contact_consents -> accounts (owner_id));
diesel::joinable!(alarm_letters -> outbox (delivery_id));
diesel::joinable!(alarm_letters -> alarms (alarm_id));
diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(clinical_entries -> links (link_id));
diesel::joinable!(messages -> conversations (conversation_id));
diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    sessions,
    audit_entries,
    links,
    clinical_entries,
    conversations,
    messages,
    access,
    house,
    outbox,
    crisis_profiles,
    therapists,
    alarms,
    alarm_letters,
    contact_consents,
    refused_addresses,
    emergency_contacts,
    mail_settings,
    password_resets,
    assistant_sessions,
    assistant_messages,
    assistant_agreements
);
