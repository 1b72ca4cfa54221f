//! A database as a public ClaudeBench leaves it.

use super::database::{Database, connect};

/// Its tables, as its schema makes them, with a row of each kind.
const TABLES: &str = r#"
CREATE TYPE "TaskStatus" AS ENUM ('pending', 'in_progress', 'completed', 'failed');
CREATE TYPE "AttachmentType" AS ENUM ('json', 'markdown', 'text', 'url', 'binary');
CREATE TYPE "SpecialistType" AS ENUM ('frontend', 'backend', 'testing', 'docs', 'general');
CREATE TYPE "SubtaskStatus" AS ENUM
    ('pending', 'assigned', 'in_progress', 'completed', 'failed', 'blocked');
CREATE TYPE "ProjectStatus" AS ENUM ('queued', 'processing', 'completed', 'failed');
CREATE TABLE "Task" (
    "id" text PRIMARY KEY, "text" text NOT NULL, "status" "TaskStatus" NOT NULL DEFAULT 'pending',
    "priority" integer NOT NULL DEFAULT 50, "assignedTo" text, "result" jsonb, "error" text,
    "metadata" jsonb, "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp(3) NOT NULL, "completedAt" timestamp(3));
CREATE TABLE "TaskAttachment" (
    "id" text PRIMARY KEY, "taskId" text NOT NULL REFERENCES "Task" ("id") ON DELETE CASCADE,
    "key" text NOT NULL, "type" "AttachmentType" NOT NULL, "value" jsonb, "content" text, "url" text,
    "size" integer, "mimeType" text, "createdBy" text,
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" timestamp(3) NOT NULL,
    UNIQUE ("taskId", "key"));
CREATE TABLE "SwarmProject" (
    "id" text PRIMARY KEY, "description" text NOT NULL, "priority" integer NOT NULL DEFAULT 75,
    "constraints" text[], "metadata" jsonb, "status" "ProjectStatus" NOT NULL DEFAULT 'queued',
    "jobId" text, "createdBy" text NOT NULL,
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" timestamp(3) NOT NULL,
    "completedAt" timestamp(3));
CREATE TABLE "SwarmSubtask" (
    "id" text PRIMARY KEY, "parentId" text NOT NULL, "description" text NOT NULL,
    "specialist" "SpecialistType" NOT NULL, "complexity" integer NOT NULL,
    "estimatedMinutes" integer NOT NULL, "status" "SubtaskStatus" NOT NULL DEFAULT 'pending',
    "assignedTo" text, "dependencies" text[], "context" jsonb NOT NULL, "rationale" text,
    "generatedContext" jsonb, "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp(3) NOT NULL, "completedAt" timestamp(3));
CREATE TABLE "SessionEvent" (
    "id" text PRIMARY KEY, "eventId" text NOT NULL UNIQUE, "sessionId" text NOT NULL,
    "instanceId" text NOT NULL, "eventType" text NOT NULL, "eventData" jsonb NOT NULL,
    "labels" text[], "timestamp" timestamp(3) NOT NULL,
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP);
INSERT INTO "Task" VALUES
    ('t-1', 'Write the notes', 'completed', 50, 'w-1', '{"files": 3}', NULL, '{"sprint": 7}',
     '2026-01-01 00:00:00', '2026-01-02 00:00:00', '2026-01-02 00:00:00'),
    ('t-2', 'Send them', 'failed', 50, 'w-1', NULL, 'no route', NULL,
     '2026-01-01 00:00:00', '2026-01-02 00:00:00', '2026-01-02 00:00:00'),
    ('t-3', 'Build the site', 'in_progress', 90, 'w-9', NULL, NULL, '{"project": "site"}',
     '2026-01-02 03:04:05.678', '2026-01-02 03:04:05.678', NULL),
    ('t-4', repeat('x', 600), 'pending', 50, NULL, NULL, NULL, NULL,
     '2026-01-01 00:00:00', '2026-01-01 00:00:00', NULL);
INSERT INTO "TaskAttachment" ("id", "taskId", "key", "type", "value", "content", "updatedAt") VALUES
    ('a-1', 't-1', 'result', 'json', '{"files": 3}', NULL, '2026-01-02'),
    ('a-2', 't-3', 'notes', 'markdown', NULL, '# Found', '2026-01-02'),
    ('a-3', 't-3', 'data', 'json', '{"n": 1}', NULL, '2026-01-02');
INSERT INTO "SwarmProject" ("id", "description", "createdBy", "updatedAt")
    VALUES ('p-1', 'The site', 'ada', '2026-01-02');
INSERT INTO "SwarmSubtask" ("id", "parentId", "description", "specialist", "complexity",
    "estimatedMinutes", "status", "dependencies", "context", "updatedAt") VALUES
    ('st-1', 't-3', 'Lay the ground', 'general', 3, 30, 'completed', '{}', '{}', '2026-01-02'),
    ('st-2', 't-3', 'Try it', 'testing', 5, 60, 'assigned', '{st-1}', '{}', '2026-01-02');
INSERT INTO "SessionEvent" ("id", "eventId", "sessionId", "instanceId", "eventType", "eventData",
    "timestamp") VALUES
    ('e-1', 'e-1', 's', 'w-1', 'x', '{}', '2026-01-02'),
    ('e-2', 'e-2', 's', 'w-1', 'x', '{}', '2026-01-02');
"#;

impl Database {
    /// Makes it one of a public ClaudeBench.
    ///
    /// # Panics
    /// When the server does not do it.
    pub async fn make_public(&self) {
        let client = connect(&self.url()).await.expect("a server that runs");
        client.batch_execute(TABLES).await.expect("an empty database");
    }

    /// How many tasks it has as such.
    ///
    /// # Panics
    /// When it is none.
    pub async fn public_tasks(&self) -> i64 {
        let client = connect(&self.url()).await.expect("a server that runs");
        let counted = client.query_one("SELECT count(*) FROM \"Task\"", &[]).await;
        counted.expect("it has the table").get(0)
    }
}
