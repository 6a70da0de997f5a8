drop table assistant_agreements;
drop table assistant_usage;
drop table assistant_messages;
drop table assistant_sessions;
