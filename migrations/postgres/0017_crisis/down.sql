drop table alarm_letters;
drop table alarms;
drop table therapists;
drop table emergency_contacts;
drop table crisis_profiles;
drop table music_tracks;
drop table alarm_scenarios;
