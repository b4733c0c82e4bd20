BEGIN TRANSACTION;
CREATE TABLE calendars (
            id INTEGER PRIMARY KEY,
            account TEXT NOT NULL,
            calendar_id TEXT NOT NULL,
            UNIQUE (account, calendar_id)
        );
INSERT INTO "calendars" VALUES(1,'google:lan@example.org','work@example.org');
CREATE TABLE contacts (
            id INTEGER PRIMARY KEY,
            account TEXT NOT NULL,
            collection TEXT NOT NULL,
            uid TEXT NOT NULL,
            name TEXT NOT NULL,
            company TEXT NOT NULL,
            title TEXT NOT NULL,
            card TEXT NOT NULL,
            UNIQUE (account, collection, uid)
        );
INSERT INTO "contacts" VALUES(1,'google:lan@example.org','contacts','a','An','Sao Mai','','[[["anh@example.org","work"]],[["+84 24 3825 0001","mobile","+842438250001"]],""]');
INSERT INTO "contacts" VALUES(2,'google:lan@example.org','contacts','b','Bình','Sao Mai','','[[["anh@example.org","work"]],[["+84 24 3825 0001","mobile","+842438250001"]],""]');
CREATE TABLE cursors (
            account TEXT NOT NULL,
            collection TEXT NOT NULL,
            cursor TEXT,
            full_at INTEGER NOT NULL,
            PRIMARY KEY (account, collection)
        ) WITHOUT ROWID;
INSERT INTO "cursors" VALUES('google:lan@example.org','contacts','one',1773144000000000);
CREATE TABLE marks (
            account TEXT NOT NULL,
            calendar_id TEXT NOT NULL,
            uid TEXT NOT NULL,
            hidden INTEGER NOT NULL DEFAULT 0,
            silenced INTEGER NOT NULL DEFAULT 0,
            until INTEGER NOT NULL,
            PRIMARY KEY (account, calendar_id, uid)
        ) WITHOUT ROWID;
INSERT INTO "marks" VALUES('google:lan@example.org','home@example.org','c',0,1,1773144000000000);
INSERT INTO "marks" VALUES('google:lan@example.org','work@example.org','a',1,0,1773147600000000);
CREATE TABLE meetings (
            id INTEGER PRIMARY KEY,
            calendar INTEGER NOT NULL REFERENCES calendars (id) ON DELETE CASCADE,
            uid TEXT NOT NULL,
            start INTEGER NOT NULL,
            until INTEGER NOT NULL,
            first_day TEXT,
            until_day TEXT,
            title TEXT NOT NULL,
            role TEXT NOT NULL,
            answer TEXT NOT NULL,
            host_name TEXT NOT NULL,
            host_email TEXT NOT NULL,
            location TEXT NOT NULL,
            description TEXT NOT NULL,
            conference_url TEXT NOT NULL,
            conference_passcode TEXT NOT NULL,
            zone TEXT NOT NULL,
            ical_uid TEXT NOT NULL,
            series_uid TEXT NOT NULL,
            etag TEXT NOT NULL,
            web_link TEXT NOT NULL,
            attendees_omitted INTEGER NOT NULL,
            attendees TEXT NOT NULL,
            finding TEXT NOT NULL,
            UNIQUE (calendar, uid)
        );
INSERT INTO "meetings" VALUES(1,1,'a',1773144000000000,1773147600000000,NULL,NULL,'Họp nhóm','host','tentative','Lan','lan@example.org','','','','','','','','','',0,'[["Minh","minh@example.org","declined","Nghỉ",false,false]]','[["Found in the {place}, after {n} steps.","",{"place":["sentence","location","",{}],"n":2}],["join","location","https://us02web.zoom.us/j/84512345678?pwd=secret","us02web.zoom.us","84512345678","secret",false],""]');
INSERT INTO "meetings" VALUES(2,1,'b',1773162000000000,1773165600000000,NULL,NULL,'Giao ban','host','tentative','Lan','lan@example.org','','','','','','','','','',0,'[["Minh","minh@example.org","declined","Nghỉ",false,false]]','[["Found in the {place}, after {n} steps.","",{"place":["sentence","location","",{}],"n":2}],["join","location","https://us02web.zoom.us/j/84512345678?pwd=secret","us02web.zoom.us","84512345678","secret",false],""]');
CREATE TABLE staged (
            staging INTEGER NOT NULL REFERENCES stagings (id) ON DELETE CASCADE,
            uid TEXT NOT NULL,
            deleted INTEGER NOT NULL,
            name TEXT NOT NULL DEFAULT '',
            company TEXT NOT NULL DEFAULT '',
            title TEXT NOT NULL DEFAULT '',
            card TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (staging, uid)
        ) WITHOUT ROWID;
CREATE TABLE stagings (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account TEXT NOT NULL,
            collection TEXT NOT NULL,
            UNIQUE (account, collection)
        );
CREATE TABLE syncs (account TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO "syncs" VALUES('google:lan@example.org',1773144000000000);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('stagings',1);
COMMIT;
PRAGMA user_version = 1;
