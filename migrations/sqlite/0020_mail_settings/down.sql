drop table mail_settings;
drop table password_resets;
drop table password_reset_requests;
