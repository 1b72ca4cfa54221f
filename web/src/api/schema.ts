// Generated from openapi.json by `make generate`. Do not edit.

export interface paths {
    "/analytics/failures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Why attempts and tasks failed, by minute, hour or day. The reasons are those that workers give (`error`, `invalid_input`, `refused`, `timeout`, `rate_limited`, `unavailable`, `crashed`), those that time brings (`lease_expired`, `deadline_exceeded`, `instance_failed`), and `other`: a task that was moved to `failed` by hand.
         * @description Why attempts and tasks failed, by minute, hour or day. The reasons are those that workers give
         *     (`error`, `invalid_input`, `refused`, `timeout`, `rate_limited`, `unavailable`, `crashed`), those that time
         *     brings (`lease_expired`, `deadline_exceeded`, `instance_failed`), and `other`: a task that was moved to
         *     `failed` by hand.
         *
         *     ```json
         *     {"bucket": "hour"}
         *     ```
         */
        post: operations["analytics.failures"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/latency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * How long tasks waited for their first claim, and how long the attempt took that ended them, in milliseconds. Percentiles are off by less than 1.6 percent; averages are exact. Times count when they end.
         * @description How long tasks waited for their first claim, and how long the attempt took that ended them, in
         *     milliseconds. Percentiles are off by less than 1.6 percent; averages are exact. Times count when they
         *     end.
         *
         *     ```json
         *     {"bucket": "hour"}
         *     ```
         */
        post: operations["analytics.latency"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * How many tasks came into each status, by day, hour or minute: with their average priority, and when the first and the last came. A task counts whenever it comes into a status: `pending` when it is made or put back after its end, `in_progress` each time it is claimed.
         * @description How many tasks came into each status, by day, hour or minute: with their average priority, and when
         *     the first and the last came. A task counts whenever it comes into a status: `pending` when it is
         *     made or put back after its end, `in_progress` each time it is claimed.
         *
         *     ```json
         *     {"bucket": "day"}
         *     ```
         */
        post: operations["analytics.tasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/throughput": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * How much went through, by minute, hour or day, and how much each method did.
         * @description How much went through, by minute, hour or day, and how much each method did.
         *
         *     ```json
         *     {"bucket": "hour"}
         *     ```
         */
        post: operations["analytics.throughput"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What workers did, over whole days in UTC: those that completed most come first.
         * @description What workers did, over whole days in UTC: those that completed most come first.
         *
         *     ```json
         *     {"limit": 10}
         *     ```
         */
        post: operations["analytics.workers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/failures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why attempts and tasks failed, by minute, hour or day. The reasons are those that workers give (`error`, `invalid_input`, `refused`, `timeout`, `rate_limited`, `unavailable`, `crashed`), those that time brings (`lease_expired`, `deadline_exceeded`, `instance_failed`), and `other`: a task that was moved to `failed` by hand.
         * @description The same as `analytics.failures`, answered by its output alone.
         */
        get: operations["GET /api/analytics/failures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/latency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How long tasks waited for their first claim, and how long the attempt took that ended them, in milliseconds. Percentiles are off by less than 1.6 percent; averages are exact. Times count when they end.
         * @description The same as `analytics.latency`, answered by its output alone.
         */
        get: operations["GET /api/analytics/latency"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many tasks came into each status, by day, hour or minute: with their average priority, and when the first and the last came. A task counts whenever it comes into a status: `pending` when it is made or put back after its end, `in_progress` each time it is claimed.
         * @description The same as `analytics.tasks`, answered by its output alone.
         */
        get: operations["GET /api/analytics/tasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/throughput": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How much went through, by minute, hour or day, and how much each method did.
         * @description The same as `analytics.throughput`, answered by its output alone.
         */
        get: operations["GET /api/analytics/throughput"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What workers did, over whole days in UTC: those that completed most come first.
         * @description The same as `analytics.workers`, answered by its output alone.
         */
        get: operations["GET /api/analytics/workers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the shared configuration, by key, a page at a time. Go on with `nextCursor` as `after`. A page carries about 8 MiB: when the values are large it ends early.
         * @description The same as `config.list`, answered by its output alone.
         */
        get: operations["GET /api/config"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reads a value of the shared configuration.
         * @description The same as `config.get`, answered by its output alone.
         */
        get: operations["GET /api/config/{key}"];
        /**
         * Sets a value of the shared configuration. It is kept as it is given: the text `"5"` stays a text. `hook.rules` takes the text of a file of rules, or null; one that is not in order is refused.
         * @description The same as `config.set`, answered by its output alone.
         */
        put: operations["PUT /api/config/{key}"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the pages of this server's documentation; `search` keeps those that have all its words.
         * @description The same as `docs.list`, answered by its output alone.
         */
        get: operations["GET /api/docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reads a page of this server's documentation.
         * @description The same as `docs.get`, answered by its output alone.
         */
        get: operations["GET /api/docs/{id}"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reads the event log, a page at a time. Pass `next` as `after` to go on; a page may be short, or even empty, before the end of the log. What these credentials may not read is left out.
         * @description The same as `event.list`, answered by its output alone.
         */
        get: operations["GET /api/events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the API keys that are not revoked: those of the tenant, or of all for the tenant `default`. Secrets are not shown.
         * @description The same as `key.list`, answered by its output alone.
         */
        get: operations["GET /api/keys"];
        put?: never;
        /**
         * Makes an API key. The key itself is shown this once: keep it where secrets are kept.
         * @description The same as `key.create`, answered by its output alone.
         */
        post: operations["POST /api/keys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revokes an API key, by its public id: the part of the key between the two underscores.
         * @description The same as `key.revoke`, answered by its output alone.
         */
        delete: operations["DELETE /api/keys/{id}"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the projects that have tasks, by name, a page at a time, with how many tasks each has. Go on with `nextCursor` as `after`. Where many projects had tasks once, a page may be short, or empty, before the last one.
         * @description The same as `project.list`, answered by its output alone.
         */
        get: operations["GET /api/projects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the pauses in force.
         * @description The same as `queue.list`, answered by its output alone.
         */
        get: operations["GET /api/queue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queue/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the pauses in force.
         * @description The same as `queue.list`, answered by its output alone.
         */
        get: operations["GET /api/queue/list"];
        put?: never;
        /**
         * Lists the pauses in force.
         * @description The same as `queue.list`, answered by its output alone.
         */
        post: operations["POST /api/queue/list"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queue/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Holds claims back: from a project, in a role, of tasks with a tag, by a worker, or all. What is being worked on goes on. A pause at the same place is replaced.
         * @description The same as `queue.pause`, answered by its output alone.
         */
        post: operations["POST /api/queue/pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queue/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets claims go on where queue.pause held them back. Other pauses stay.
         * @description The same as `queue.resume`, answered by its output alone.
         */
        post: operations["POST /api/queue/resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/batch.process": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a batch, so that only one of the instances that hold it processes it. The others learn who did.
         * @description The same as `system.batch.process`, answered by its output alone.
         */
        post: operations["POST /api/system/batch.process"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/check_health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives up the instances that were not heard of within the timeout: what they hold goes back. Happens by itself after 30 seconds of silence.
         * @description The same as `system.check_health`, answered by its output alone.
         */
        post: operations["POST /api/system/check_health"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the methods, with what each takes and answers.
         * @description The same as `system.discover`, answered by its output alone.
         */
        get: operations["GET /api/system/discover"];
        put?: never;
        /**
         * Lists the methods, with what each takes and answers.
         * @description The same as `system.discover`, answered by its output alone.
         */
        post: operations["POST /api/system/discover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/flush": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deletes all tasks of the tenant, with their attachments. The event log stays. There is no way back but a backup.
         * @description The same as `system.flush`, answered by its output alone.
         */
        post: operations["POST /api/system/flush"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/get_state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows what goes on: the newest tasks and events, and the instances. Tasks and events are left out for callers that may not read them.
         * @description The same as `system.get_state`, answered by its output alone.
         */
        get: operations["GET /api/system/get_state"];
        put?: never;
        /**
         * Shows what goes on: the newest tasks and events, and the instances. Tasks and events are left out for callers that may not read them.
         * @description The same as `system.get_state`, answered by its output alone.
         */
        post: operations["POST /api/system/get_state"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Says how the server is: `unhealthy` when it cannot store anything, `degraded` when a replica lags or is away, when Redis cannot be reached, or when most of the registered instances fell silent with work in hand, which is about to be taken from them.
         * @description The same as `system.health`, answered by its output alone.
         */
        get: operations["GET /api/system/health"];
        put?: never;
        /**
         * Says how the server is: `unhealthy` when it cannot store anything, `degraded` when a replica lags or is away, when Redis cannot be reached, or when most of the registered instances fell silent with work in hand, which is about to be taken from them.
         * @description The same as `system.health`, answered by its output alone.
         */
        post: operations["POST /api/system/health"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says that an instance lives; its leases are extended with it. When the answer is not alive, it must register again.
         * @description The same as `system.heartbeat`, answered by its output alone.
         */
        post: operations["POST /api/system/heartbeat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the instances, by id, a page at a time: those that are there, and those that have gone, which are remembered for a day. Go on with `nextCursor` as `after`. A page carries about 8 MiB: when they say much of themselves it ends early.
         * @description The same as `system.instances`, answered by its output alone.
         */
        get: operations["GET /api/system/instances"];
        put?: never;
        /**
         * Lists the instances, by id, a page at a time: those that are there, and those that have gone, which are remembered for a day. Go on with `nextCursor` as `after`. A page carries about 8 MiB: when they say much of themselves it ends early.
         * @description The same as `system.instances`, answered by its output alone.
         */
        post: operations["POST /api/system/instances"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Counts what was done for the caller's tenant: calls and events since the server started, tasks and instances as they are now.
         * @description The same as `system.metrics`, answered by its output alone.
         */
        get: operations["GET /api/system/metrics"];
        put?: never;
        /**
         * Counts what was done for the caller's tenant: calls and events since the server started, tasks and instances as they are now.
         * @description The same as `system.metrics`, answered by its output alone.
         */
        post: operations["POST /api/system/metrics"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/quorum.vote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Votes on a decision. It is made once more than half of all instances have voted alike; an instance's last vote counts.
         * @description The same as `system.quorum.vote`, answered by its output alone.
         */
        post: operations["POST /api/system/quorum.vote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Registers an instance, so that it may claim tasks. It stays as long as it is heard of at least every 30 seconds; every call that names it counts.
         * @description The same as `system.register`, answered by its output alone.
         */
        post: operations["POST /api/system/register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/scaling": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Says how much there is to do for all servers together, and how many servers there should be, with the reasons: the input of an autoscaler. It takes the tenant `default`, as it counts what all tenants do.
         * @description The same as `system.scaling`, answered by its output alone.
         */
        get: operations["GET /api/system/scaling"];
        put?: never;
        /**
         * Says how much there is to do for all servers together, and how many servers there should be, with the reasons: the input of an autoscaler. It takes the tenant `default`, as it counts what all tenants do.
         * @description The same as `system.scaling`, answered by its output alone.
         */
        post: operations["POST /api/system/scaling"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the servers that share this store, and says which of them answers. It takes the tenant `default`, as they serve all tenants.
         * @description The same as `system.servers`, answered by its output alone.
         */
        get: operations["GET /api/system/servers"];
        put?: never;
        /**
         * Lists the servers that share this store, and says which of them answers. It takes the tenant `default`, as they serve all tenants.
         * @description The same as `system.servers`, answered by its output alone.
         */
        post: operations["POST /api/system/servers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the settings in force of the server that answers, and where each comes from; what is secret is hidden. It takes the tenant `default`, as the server is not one tenant's.
         * @description The same as `system.settings`, answered by its output alone.
         */
        get: operations["GET /api/system/settings"];
        put?: never;
        /**
         * Lists the settings in force of the server that answers, and where each comes from; what is secret is hidden. It takes the tenant `default`, as the server is not one tenant's.
         * @description The same as `system.settings`, answered by its output alone.
         */
        post: operations["POST /api/system/settings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/unregister": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends a registration. What the instance holds, or has parked on it, goes back at once.
         * @description The same as `system.unregister`, answered by its output alone.
         */
        post: operations["POST /api/system/unregister"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists tasks, a page at a time. Every filter that is given must hold. Go on with `nextCursor` as `after`, which stays right while tasks come and go, or with `offset`. A page carries about 8 MiB: when the tasks are large it ends early, `hasMore` says so, and the next page begins where it ended; results that do not fit are left out: `resultAttachment` says so.
         * @description The same as `task.list`, answered by its output alone.
         */
        get: operations["GET /api/tasks"];
        put?: never;
        /**
         * Makes a task. It is ready at once, unless it has to wait for a time or for other tasks.
         * @description The same as `task.create`, answered by its output alone.
         */
        post: operations["POST /api/tasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads up to 100 attachments, of any tasks, in the order asked for. If one does not exist, the call fails and names it.
         * @description The same as `task.get_attachments_batch`, answered by its output alone.
         */
        post: operations["POST /api/tasks/attachments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes up to 1,000 tasks: all of them, or none if one is refused. They may depend on each other, by the `key` that each has in this call.
         * @description The same as `task.create_many`, answered by its output alone.
         */
        post: operations["POST /api/tasks/batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Claims ready tasks for a registered worker, best first, and leases them to it: priority from high to low, then age. Extend a lease with task.heartbeat, end it with task.complete, task.fail or task.release.
         * @description The same as `task.claim`, answered by its output alone.
         */
        post: operations["POST /api/tasks/claim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends up to 1,000 tasks in one go. Each stands alone: one that is refused changes nothing for the others, and the answer says which.
         * @description The same as `task.complete_many`, answered by its output alone.
         */
        post: operations["POST /api/tasks/complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/dependencies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says what up to 1,000 tasks depend on, or which tasks still wait for them, as the edges of a graph. Ids that do not exist, or whose task was moved to the archive, are left out.
         * @description The same as `task.dependencies`, answered by its output alone.
         */
        post: operations["POST /api/tasks/dependencies"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts dead letters back to be done again, oldest first: those that are named, or those that the filters hold for.
         * @description The same as `task.redrive`, answered by its output alone.
         */
        post: operations["POST /api/tasks/redrive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Counts tasks, all or those of a project. The counts are kept up to date by every change.
         * @description The same as `task.stats`, answered by its output alone.
         */
        get: operations["GET /api/tasks/stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reads a task, with its lease, its result, and what it depends on; `archived` says that it was moved to the archive.
         * @description The same as `task.get`, answered by its output alone.
         */
        get: operations["GET /api/tasks/{id}"];
        put?: never;
        post?: never;
        /**
         * Deletes a task with its attachments. Its events stay in the log. Refused while other tasks wait for it.
         * @description The same as `task.delete`, answered by its output alone.
         */
        delete: operations["DELETE /api/tasks/{id}"];
        options?: never;
        head?: never;
        /**
         * Changes a task by hand. Metadata is merged over what is there, one level deep.
         * @description The same as `task.update`, answered by its output alone.
         */
        patch: operations["PATCH /api/tasks/{id}"];
        trace?: never;
    };
    "/api/tasks/{id}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Parks a task on an instance: nobody else may claim it.
         * @description The same as `task.assign`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/assign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the attachments of a task, oldest first. A page ends early when it grows large; go on at the offset where it ended.
         * @description The same as `task.list_attachments`, answered by its output alone.
         */
        get: operations["GET /api/tasks/{id}/attachments"];
        put?: never;
        /**
         * Writes an attachment of a task, over one with the same key. `json` needs `value`, `text` and `markdown` need `content`, `url` needs `url`.
         * @description The same as `task.create_attachment`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/attachments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/attachments/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reads an attachment of a task.
         * @description The same as `task.get_attachment`, answered by its output alone.
         */
        get: operations["GET /api/tasks/{id}/attachments/{key}"];
        /**
         * Writes an attachment of a task, over one with the same key. `json` needs `value`, `text` and `markdown` need `content`, `url` needs `url`.
         * @description The same as `task.create_attachment`, answered by its output alone.
         */
        put: operations["PUT /api/tasks/{id}/attachments/{key}"];
        post?: never;
        /**
         * Deletes an attachment of a task.
         * @description The same as `task.delete_attachment`, answered by its output alone.
         */
        delete: operations["DELETE /api/tasks/{id}/attachments/{key}"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Calls a task off. One that nobody works on is cancelled at once; the worker of one in progress is told with its next heartbeat, and has a grace to stop before the task is taken away.
         * @description The same as `task.cancel`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Claims ready tasks for a registered worker, best first, and leases them to it: priority from high to low, then age. Extend a lease with task.heartbeat, end it with task.complete, task.fail or task.release.
         * @description The same as `task.claim`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/claim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends a task: completed, or failed for good when it carries `error` or the status `failed`. With the `fence` of the lease, a report that comes too late is refused with `stale_fence`. The result is also kept as the attachment `result`.
         * @description The same as `task.complete`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/create_attachment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Writes an attachment of a task, over one with the same key. `json` needs `value`, `text` and `markdown` need `content`, `url` needs `url`.
         * @description The same as `task.create_attachment`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/create_attachment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deletes a task with its attachments. Its events stay in the log. Refused while other tasks wait for it.
         * @description The same as `task.delete`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/delete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/delete_attachment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deletes an attachment of a task.
         * @description The same as `task.delete_attachment`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/delete_attachment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Says why a task is not being worked on: what it waits for, who could claim it, and how many come before it.
         * @description The same as `task.explain`, answered by its output alone.
         */
        get: operations["GET /api/tasks/{id}/explain"];
        put?: never;
        /**
         * Says why a task is not being worked on: what it waits for, who could claim it, and how many come before it.
         * @description The same as `task.explain`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/explain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/fail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reports that an attempt failed. The task is tried again after its backoff, unless trying again cannot help or its attempts are spent: then it is a dead letter.
         * @description The same as `task.fail`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/fail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads a task, with its lease, its result, and what it depends on; `archived` says that it was moved to the archive.
         * @description The same as `task.get`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/get"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/get_attachment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads an attachment of a task.
         * @description The same as `task.get_attachment`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/get_attachment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Extends a lease, and says how far the work is. The answer says whether the task was called off: then stop, and report with task.release or task.fail.
         * @description The same as `task.heartbeat`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/heartbeat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tells all that happened to a task, in order: who, what, when, in which attempt. Events past their retention are gone, unless they are in the archive: `olderGone` says so. A deleted task has its history as long as the log keeps it.
         * @description The same as `task.history`, answered by its output alone.
         */
        get: operations["GET /api/tasks/{id}/history"];
        put?: never;
        /**
         * Tells all that happened to a task, in order: who, what, when, in which attempt. Events past their retention are gone, unless they are in the archive: `olderGone` says so. A deleted task has its history as long as the log keeps it.
         * @description The same as `task.history`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/history"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/list_attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lists the attachments of a task, oldest first. A page ends early when it grows large; go on at the offset where it ended.
         * @description The same as `task.list_attachments`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/list_attachments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a claimed task back: it is ready again at once, and the attempt does not count.
         * @description The same as `task.release`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts an ended task back to be done again, with its attempts forgotten.
         * @description The same as `task.retry`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/unassign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a task from whoever holds it or has it parked; it waits for a claim again.
         * @description The same as `task.unassign`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/unassign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes a task by hand. Metadata is merged over what is there, one level deep.
         * @description The same as `task.update`, answered by its output alone.
         */
        post: operations["POST /api/tasks/{id}/update"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Logs a person in with an API key: the answer sets the cookie of a session. */
        post: operations["auth login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the session of the cookie. */
        post: operations["auth logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who calls; the cookie of a session lives on. */
        get: operations["auth session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/config/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads a value of the shared configuration.
         * @description Reads a value of the shared configuration.
         *
         *     ```json
         *     {"key": "todowrite.autocreate"}
         *     ```
         */
        post: operations["config.get"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/config/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lists the shared configuration, by key, a page at a time. Go on with `nextCursor` as `after`. A page carries about 8 MiB: when the values are large it ends early.
         * @description Lists the shared configuration, by key, a page at a time. Go on with `nextCursor` as `after`. A page
         *     carries about 8 MiB: when the values are large it ends early.
         *
         *     ```json
         *     {"limit": 20}
         *     ```
         */
        post: operations["config.list"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/config/set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sets a value of the shared configuration. It is kept as it is given: the text `"5"` stays a text. `hook.rules` takes the text of a file of rules, or null; one that is not in order is refused.
         * @description Sets a value of the shared configuration. It is kept as it is given: the text `"5"` stays a
         *     text. `hook.rules` takes the text of a file of rules, or null; one that is not in order is refused.
         *
         *     ```json
         *     {"key": "todowrite.autocreate", "value": false}
         *     ```
         */
        post: operations["config.set"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads a page of this server's documentation.
         * @description Reads a page of this server's documentation.
         *
         *     ```json
         *     {"id": "README"}
         *     ```
         */
        post: operations["docs.get"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lists the pages of this server's documentation; `search` keeps those that have all its words.
         * @description Lists the pages of this server's documentation; `search` keeps those that have all its words.
         *
         *     ```json
         *     {"limit": 10}
         *     ```
         */
        post: operations["docs.list"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/event/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads the event log, a page at a time. Pass `next` as `after` to go on; a page may be short, or even empty, before the end of the log. What these credentials may not read is left out.
         * @description Reads the event log, a page at a time. Pass `next` as `after` to go on; a page may be short, or
         *     even empty, before the end of the log. What these credentials may not read is left out.
         *
         *     ```json
         *     {"types": ["task.*"], "limit": 20}
         *     ```
         */
        post: operations["event.list"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The event log from a cursor on, as server-sent events. */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/git/auto_commit.notify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An agent's changes were committed: the first of its tasks gets the diff as an attachment `git-commit-HASH`, the others a reference `git-ref-HASH`. Secrets are masked.
         * @description An agent's changes were committed: the first of its tasks gets the diff as an attachment
         *     `git-commit-HASH`, the others a reference `git-ref-HASH`. Secrets are masked.
         *
         *     ```json
         *     {"instanceId": "w-1", "sessionId": "s-1", "commitHash": "0123456789abcdef", "branch": "work", "files": ["a.rs"],
         *      "diff": "+fn a() {}", "taskContext": {"taskIds": [], "toolUsed": "Edit", "timestamp": 1763913600007},
         *      "commitMessage": "{}"}
         *     ```
         */
        post: operations["git.auto_commit.notify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/git/context.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What an agent works on: for the message of a commit.
         * @description What an agent works on: for the message of a commit.
         *
         *     ```json
         *     {"instanceId": "w-1", "sessionId": "s-1"}
         *     ```
         */
        post: operations["git.context.get"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/handlers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The methods, each with the path of its action. */
        get: operations["handlers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hook/agent_stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An agent, or a part of it, has stopped for now. What it holds stays its own: `session.end` or `system.unregister` give that back.
         * @description An agent, or a part of it, has stopped for now. What it holds stays its own: `session.end` or
         *     `system.unregister` give that back.
         *
         *     ```json
         *     {"instanceId": "w-1", "sessionId": "s-1", "agentType": "main", "timestamp": 1763913600007}
         *     ```
         */
        post: operations["hook.agent_stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hook/event": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Any other hook of an agent ran: it is kept, without secrets and cut.
         * @description Any other hook of an agent ran: it is kept, without secrets and cut.
         *
         *     ```json
         *     {"hookEvent": "SubagentStart", "data": {"agent_type": "reviewer"}, "sessionId": "s-1", "instanceId": "w-1"}
         *     ```
         */
        post: operations["hook.event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hook/notification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An agent tells its person something, such as that it waits: whoever follows the events sees it.
         * @description An agent tells its person something, such as that it waits: whoever follows the events sees it.
         *
         *     ```json
         *     {"message": "Claude needs your permission", "type": "warning", "sessionId": "s-1", "instanceId": "w-1", "timestamp": 1763913600007}
         *     ```
         */
        post: operations["hook.notification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hook/post_tool": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An agent has used a tool: what it was called with and what it answered are kept, without secrets and cut. Lists of todos become tasks.
         * @description An agent has used a tool: what it was called with and what it answered are kept, without secrets and cut.
         *     Lists of todos become tasks.
         *
         *     ```json
         *     {"tool": "Edit", "params": {"file_path": "a.rs"}, "result": {"ok": true}, "sessionId": "s-1"}
         *     ```
         */
        post: operations["hook.post_tool"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hook/pre_compact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An agent is about to shorten what it remembers: what it needs to go on is kept in a snapshot, which `session.rehydrate` gives back.
         * @description An agent is about to shorten what it remembers: what it needs to go on is kept in a snapshot, which
         *     `session.rehydrate` gives back.
         *
         *     ```json
         *     {"sessionId": "s-1", "instanceId": "w-1", "contextSize": 150000, "timestamp": 1763913600007}
         *     ```
         */
        post: operations["hook.pre_compact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hook/pre_tool": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An agent is about to use a tool: the rules in force say whether it may. What it is called with and the verdict are kept, without secrets.
         * @description An agent is about to use a tool: the rules in force say whether it may. What it is called with and the
         *     verdict are kept, without secrets.
         *
         *     ```json
         *     {"tool": "Bash", "params": {"command": "ls; rm -rf /"}, "sessionId": "s-1", "instanceId": "w-1"}
         *     ```
         */
        post: operations["hook.pre_tool"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hook/todo_write": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An agent has written its list of todos: new ones become tasks, one that is in progress is leased to its instance, one that is completed completes its task. Tasks that others have, or have ended, stay as they are, and the answer tells of them.
         * @description An agent has written its list of todos: new ones become tasks, one that is in progress is leased to its
         *     instance, one that is completed completes its task. Tasks that others have, or have ended, stay as they
         *     are, and the answer tells of them.
         *
         *     ```json
         *     {"todos": [{"content": "Write the tests", "status": "in_progress"}], "sessionId": "s-1", "instanceId": "w-1"}
         *     ```
         */
        post: operations["hook.todo_write"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hook/user_prompt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Somebody tells an agent what to do: it is kept, without secrets. The answer tells of todos whose tasks went another way meanwhile.
         * @description Somebody tells an agent what to do: it is kept, without secrets. The answer tells of todos whose tasks went
         *     another way meanwhile.
         *
         *     ```json
         *     {"prompt": "Write the tests", "context": {}, "sessionId": "s-1", "instanceId": "w-1"}
         *     ```
         */
        post: operations["hook.user_prompt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/key/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes an API key. The key itself is shown this once: keep it where secrets are kept.
         * @description Makes an API key. The key itself is shown this once: keep it where secrets are kept.
         *
         *     ```json
         *     {"name": "build agent", "scopes": ["tasks:read", "tasks:work"], "forMs": 2592000000}
         *     ```
         */
        post: operations["key.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/key/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lists the API keys that are not revoked: those of the tenant, or of all for the tenant `default`. Secrets are not shown.
         * @description Lists the API keys that are not revoked: those of the tenant, or of all for the tenant
         *     `default`. Secrets are not shown.
         *
         *     ```json
         *     {}
         *     ```
         */
        post: operations["key.list"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/key/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revokes an API key, by its public id: the part of the key between the two underscores.
         * @description Revokes an API key, by its public id: the part of the key between the two underscores.
         *
         *     ```json
         *     {"id": "0123456789abcdef"}
         *     ```
         */
        post: operations["key.revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/project/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lists the projects that have tasks, by name, a page at a time, with how many tasks each has. Go on with `nextCursor` as `after`. Where many projects had tasks once, a page may be short, or empty, before the last one.
         * @description Lists the projects that have tasks, by name, a page at a time, with how many tasks each has. Go on with
         *     `nextCursor` as `after`. Where many projects had tasks once, a page may be short, or empty, before the
         *     last one.
         *
         *     ```json
         *     {"limit": 20}
         *     ```
         */
        post: operations["project.list"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queue/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lists the pauses in force.
         * @description Lists the pauses in force.
         *
         *     ```json
         *     {}
         *     ```
         */
        post: operations["queue.list"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queue/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Holds claims back: from a project, in a role, of tasks with a tag, by a worker, or all. What is being worked on goes on. A pause at the same place is replaced.
         * @description Holds claims back: from a project, in a role, of tasks with a tag, by a worker, or all. What is
         *     being worked on goes on. A pause at the same place is replaced.
         *
         *     ```json
         *     {"project": "site", "reason": "release in progress", "forMs": 600000}
         *     ```
         */
        post: operations["queue.pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queue/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets claims go on where queue.pause held them back. Other pauses stay.
         * @description Lets claims go on where queue.pause held them back. Other pauses stay.
         *
         *     ```json
         *     {"project": "site"}
         *     ```
         */
        post: operations["queue.resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The paths of the actions. */
        get: operations["routes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rpc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** JSON-RPC 2.0: one request, or an array of them. Errors are answered with 200. */
        post: operations["rpc"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rpc/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** JSON-RPC 2.0: an array of requests. */
        post: operations["rpc batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schemas/{method}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The schemas of a method's params and of its answer. */
        get: operations["schemas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A session of an agent is over: what its instance holds, or has parked on it, goes back at once. Where other sessions that are open work as the same instance, only what this one holds by its todos does.
         * @description A session of an agent is over: what its instance holds, or has parked on it, goes back at once. Where other
         *     sessions that are open work as the same instance, only what this one holds by its todos does.
         *
         *     ```json
         *     {"sessionId": "s-1", "instanceId": "w-1", "reason": "exit"}
         *     ```
         */
        post: operations["session.end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lists the sessions of agents, the one that was heard of last first. They are forgotten a week after that.
         * @description Lists the sessions of agents, the one that was heard of last first. They are forgotten a week after that.
         *
         *     ```json
         *     {"limit": 20}
         *     ```
         */
        post: operations["session.list"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/rehydrate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a session what it needs to go on: as it is now, or as a snapshot has it.
         * @description Gives a session what it needs to go on: as it is now, or as a snapshot has it.
         *
         *     ```json
         *     {"sessionId": "s-1", "instanceId": "w-1"}
         *     ```
         */
        post: operations["session.rehydrate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/snapshot.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keeps what a session needs to go on. `session.rehydrate` gives it back.
         * @description Keeps what a session needs to go on. `session.rehydrate` gives it back.
         *
         *     ```json
         *     {"sessionId": "s-1", "instanceId": "w-1", "reason": "checkpoint"}
         *     ```
         */
        post: operations["session.snapshot.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A session of an agent begins, or goes on: its instance is registered, and the answer tells what it needs to go on.
         * @description A session of an agent begins, or goes on: its instance is registered, and the answer tells what it needs
         *     to go on.
         *
         *     ```json
         *     {"sessionId": "s-1", "instanceId": "w-1", "projectDir": "/srv/site", "source": "startup"}
         *     ```
         */
        post: operations["session.start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/state.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a session did: its events, their numbers, and what it needs to go on.
         * @description What a session did: its events, their numbers, and what it needs to go on.
         *
         *     ```json
         *     {"sessionId": "s-1", "condensed": true}
         *     ```
         */
        post: operations["session.state.get"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/batch.process": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a batch, so that only one of the instances that hold it processes it. The others learn who did.
         * @description Takes a batch, so that only one of the instances that hold it processes it. The others learn
         *     who did.
         *
         *     ```json
         *     {"batchId": "nightly", "instanceId": "w-1", "items": [1, 2, 3]}
         *     ```
         */
        post: operations["system.batch.process"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/check_health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives up the instances that were not heard of within the timeout: what they hold goes back. Happens by itself after 30 seconds of silence.
         * @description Gives up the instances that were not heard of within the timeout: what they hold goes back.
         *     Happens by itself after 30 seconds of silence.
         *
         *     ```json
         *     {"timeout": 20000}
         *     ```
         */
        post: operations["system.check_health"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lists the methods, with what each takes and answers.
         * @description Lists the methods, with what each takes and answers.
         *
         *     ```json
         *     {"domain": "queue"}
         *     ```
         */
        post: operations["system.discover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/flush": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deletes all tasks of the tenant, with their attachments. The event log stays. There is no way back but a backup.
         * @description Deletes all tasks of the tenant, with their attachments. The event log stays. There is no way
         *     back but a backup.
         *
         *     ```json
         *     {"confirm": "FLUSH_ALL_DATA", "includePostgres": false}
         *     ```
         */
        post: operations["system.flush"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/get_state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows what goes on: the newest tasks and events, and the instances. Tasks and events are left out for callers that may not read them.
         * @description Shows what goes on: the newest tasks and events, and the instances. Tasks and events are left
         *     out for callers that may not read them.
         *
         *     ```json
         *     {}
         *     ```
         */
        post: operations["system.get_state"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says how the server is: `unhealthy` when it cannot store anything, `degraded` when a replica lags or is away, when Redis cannot be reached, or when most of the registered instances fell silent with work in hand, which is about to be taken from them.
         * @description Says how the server is: `unhealthy` when it cannot store anything, `degraded` when a replica lags or is
         *     away, when Redis cannot be reached, or when most of the registered instances fell silent with work in hand, which is about to be
         *     taken from them.
         *
         *     ```json
         *     {}
         *     ```
         */
        post: operations["system.health"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says that an instance lives; its leases are extended with it. When the answer is not alive, it must register again.
         * @description Says that an instance lives; its leases are extended with it. When the answer is not alive, it
         *     must register again.
         *
         *     ```json
         *     {"instanceId": "w-1"}
         *     ```
         */
        post: operations["system.heartbeat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lists the instances, by id, a page at a time: those that are there, and those that have gone, which are remembered for a day. Go on with `nextCursor` as `after`. A page carries about 8 MiB: when they say much of themselves it ends early.
         * @description Lists the instances, by id, a page at a time: those that are there, and those that have gone, which are
         *     remembered for a day. Go on with `nextCursor` as `after`. A page carries about 8 MiB: when they say
         *     much of themselves it ends early.
         *
         *     ```json
         *     {"online": true}
         *     ```
         */
        post: operations["system.instances"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Counts what was done for the caller's tenant: calls and events since the server started, tasks and instances as they are now.
         * @description Counts what was done for the caller's tenant: calls and events since the server started, tasks
         *     and instances as they are now.
         *
         *     ```json
         *     {"detailed": true}
         *     ```
         */
        post: operations["system.metrics"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/quorum.vote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Votes on a decision. It is made once more than half of all instances have voted alike; an instance's last vote counts.
         * @description Votes on a decision. It is made once more than half of all instances have voted alike; an
         *     instance's last vote counts.
         *
         *     ```json
         *     {"instanceId": "w-1", "decision": "release", "value": "yes", "totalInstances": 3}
         *     ```
         */
        post: operations["system.quorum.vote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Registers an instance, so that it may claim tasks. It stays as long as it is heard of at least every 30 seconds; every call that names it counts.
         * @description Registers an instance, so that it may claim tasks. It stays as long as it is heard of at least
         *     every 30 seconds; every call that names it counts.
         *
         *     ```json
         *     {"id": "w-1", "roles": ["backend"], "metadata": {"workingDirectory": "/srv/site"}}
         *     ```
         */
        post: operations["system.register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/scaling": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says how much there is to do for all servers together, and how many servers there should be, with the reasons: the input of an autoscaler. It takes the tenant `default`, as it counts what all tenants do.
         * @description Says how much there is to do for all servers together, and how many servers there should be, with the reasons:
         *     the input of an autoscaler. It takes the tenant `default`, as it counts what all tenants do.
         *
         *     ```json
         *     {}
         *     ```
         */
        post: operations["system.scaling"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lists the servers that share this store, and says which of them answers. It takes the tenant `default`, as they serve all tenants.
         * @description Lists the servers that share this store, and says which of them answers. It takes the tenant `default`, as
         *     they serve all tenants.
         *
         *     ```json
         *     {}
         *     ```
         */
        post: operations["system.servers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lists the settings in force of the server that answers, and where each comes from; what is secret is hidden. It takes the tenant `default`, as the server is not one tenant's.
         * @description Lists the settings in force of the server that answers, and where each comes from; what is secret is hidden. It
         *     takes the tenant `default`, as the server is not one tenant's.
         *
         *     ```json
         *     {}
         *     ```
         */
        post: operations["system.settings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/unregister": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends a registration. What the instance holds, or has parked on it, goes back at once.
         * @description Ends a registration. What the instance holds, or has parked on it, goes back at once.
         *
         *     ```json
         *     {"instanceId": "w-1", "sessionId": "s-1", "timestamp": 1763913600007}
         *     ```
         */
        post: operations["system.unregister"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Parks a task on an instance: nobody else may claim it.
         * @description Parks a task on an instance: nobody else may claim it.
         *
         *     ```json
         *     {"taskId": "t-1", "instanceId": "w-1"}
         *     ```
         */
        post: operations["task.assign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Calls a task off. One that nobody works on is cancelled at once; the worker of one in progress is told with its next heartbeat, and has a grace to stop before the task is taken away.
         * @description Calls a task off. One that nobody works on is cancelled at once; the worker of one in progress
         *     is told with its next heartbeat, and has a grace to stop before the task is taken away.
         *
         *     ```json
         *     {"id": "t-1", "reason": "no longer needed"}
         *     ```
         */
        post: operations["task.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Claims ready tasks for a registered worker, best first, and leases them to it: priority from high to low, then age. Extend a lease with task.heartbeat, end it with task.complete, task.fail or task.release.
         * @description Claims ready tasks for a registered worker, best first, and leases them to it: priority from
         *     high to low, then age. Extend a lease with task.heartbeat, end it with task.complete, task.fail
         *     or task.release.
         *
         *     ```json
         *     {"workerId": "w-1", "maxTasks": 2, "waitMs": 100}
         *     ```
         */
        post: operations["task.claim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends a task: completed, or failed for good when it carries `error` or the status `failed`. With the `fence` of the lease, a report that comes too late is refused with `stale_fence`. The result is also kept as the attachment `result`.
         * @description Ends a task: completed, or failed for good when it carries `error` or the status `failed`. With
         *     the `fence` of the lease, a report that comes too late is refused with `stale_fence`. The
         *     result is also kept as the attachment `result`.
         *
         *     ```json
         *     {"id": "t-1", "workerId": "w-1", "result": {"files": 3}}
         *     ```
         */
        post: operations["task.complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/complete_many": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends up to 1,000 tasks in one go. Each stands alone: one that is refused changes nothing for the others, and the answer says which.
         * @description Ends up to 1,000 tasks in one go. Each stands alone: one that is refused changes nothing for
         *     the others, and the answer says which.
         *
         *     ```json
         *     {"workerId": "w-1", "items": [{"id": "t-1", "result": {"files": 3}}]}
         *     ```
         */
        post: operations["task.complete_many"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a task. It is ready at once, unless it has to wait for a time or for other tasks.
         * @description Makes a task. It is ready at once, unless it has to wait for a time or for other tasks.
         *
         *     ```json
         *     {"text": "Write the release notes", "priority": 70, "metadata": {"branch": "main"}}
         *     ```
         */
        post: operations["task.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/create_attachment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Writes an attachment of a task, over one with the same key. `json` needs `value`, `text` and `markdown` need `content`, `url` needs `url`.
         * @description Writes an attachment of a task, over one with the same key. `json` needs `value`, `text` and
         *     `markdown` need `content`, `url` needs `url`.
         *
         *     ```json
         *     {"taskId": "t-1", "key": "notes", "type": "markdown", "content": "# Found\n\nTwo broken links."}
         *     ```
         */
        post: operations["task.create_attachment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/create_many": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes up to 1,000 tasks: all of them, or none if one is refused. They may depend on each other, by the `key` that each has in this call.
         * @description Makes up to 1,000 tasks: all of them, or none if one is refused. They may depend on each other,
         *     by the `key` that each has in this call.
         *
         *     ```json
         *     {"tasks": [{"key": "build", "text": "Build the site"},
         *                {"key": "check", "text": "Check the links", "dependsOn": ["build"]}]}
         *     ```
         */
        post: operations["task.create_many"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deletes a task with its attachments. Its events stay in the log. Refused while other tasks wait for it.
         * @description Deletes a task with its attachments. Its events stay in the log. Refused while other tasks wait
         *     for it.
         *
         *     ```json
         *     {"id": "t-1"}
         *     ```
         */
        post: operations["task.delete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/delete_attachment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deletes an attachment of a task.
         * @description Deletes an attachment of a task.
         *
         *     ```json
         *     {"taskId": "t-1", "key": "notes"}
         *     ```
         */
        post: operations["task.delete_attachment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/dependencies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says what up to 1,000 tasks depend on, or which tasks still wait for them, as the edges of a graph. Ids that do not exist, or whose task was moved to the archive, are left out.
         * @description Says what up to 1,000 tasks depend on, or which tasks still wait for them, as the edges of a graph. Ids that
         *     do not exist, or whose task was moved to the archive, are left out.
         *
         *     ```json
         *     {"ids": ["t-1"]}
         *     ```
         */
        post: operations["task.dependencies"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says why a task is not being worked on: what it waits for, who could claim it, and how many come before it.
         * @description Says why a task is not being worked on: what it waits for, who could claim it, and how many
         *     come before it.
         *
         *     ```json
         *     {"id": "t-1"}
         *     ```
         */
        post: operations["task.explain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/fail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reports that an attempt failed. The task is tried again after its backoff, unless trying again cannot help or its attempts are spent: then it is a dead letter.
         * @description Reports that an attempt failed. The task is tried again after its backoff, unless trying again
         *     cannot help or its attempts are spent: then it is a dead letter.
         *
         *     ```json
         *     {"id": "t-1", "workerId": "w-1", "reason": "unavailable", "error": "the registry answers 503"}
         *     ```
         */
        post: operations["task.fail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads a task, with its lease, its result, and what it depends on; `archived` says that it was moved to the archive.
         * @description Reads a task, with its lease, its result, and what it depends on; `archived` says that it was moved
         *     to the archive.
         *
         *     ```json
         *     {"id": "t-1"}
         *     ```
         */
        post: operations["task.get"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/get_attachment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads an attachment of a task.
         * @description Reads an attachment of a task.
         *
         *     ```json
         *     {"taskId": "t-1", "key": "notes"}
         *     ```
         */
        post: operations["task.get_attachment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/get_attachments_batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads up to 100 attachments, of any tasks, in the order asked for. If one does not exist, the call fails and names it.
         * @description Reads up to 100 attachments, of any tasks, in the order asked for. If one does not exist, the
         *     call fails and names it.
         *
         *     ```json
         *     {"requests": [{"taskId": "t-1", "key": "notes"}]}
         *     ```
         */
        post: operations["task.get_attachments_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Extends a lease, and says how far the work is. The answer says whether the task was called off: then stop, and report with task.release or task.fail.
         * @description Extends a lease, and says how far the work is. The answer says whether the task was called off:
         *     then stop, and report with task.release or task.fail.
         *
         *     ```json
         *     {"id": "t-1", "workerId": "w-1", "progress": 0.4, "note": "running the tests"}
         *     ```
         */
        post: operations["task.heartbeat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tells all that happened to a task, in order: who, what, when, in which attempt. Events past their retention are gone, unless they are in the archive: `olderGone` says so. A deleted task has its history as long as the log keeps it.
         * @description Tells all that happened to a task, in order: who, what, when, in which attempt. Events past their
         *     retention are gone, unless they are in the archive: `olderGone` says so. A deleted task has its history as long as the log keeps
         *     it.
         *
         *     ```json
         *     {"id": "t-1"}
         *     ```
         */
        post: operations["task.history"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lists tasks, a page at a time. Every filter that is given must hold. Go on with `nextCursor` as `after`, which stays right while tasks come and go, or with `offset`. A page carries about 8 MiB: when the tasks are large it ends early, `hasMore` says so, and the next page begins where it ended; results that do not fit are left out: `resultAttachment` says so.
         * @description Lists tasks, a page at a time. Every filter that is given must hold. Go on with `nextCursor` as
         *     `after`, which stays right while tasks come and go, or with `offset`. A page carries about 8 MiB:
         *     when the tasks are large it ends early, `hasMore` says so, and the next page begins where it
         *     ended; results that do not fit are left out: `resultAttachment` says so.
         *
         *     Lists in the order of `createdAt` with at most one of `assignedTo`, `tag`, `role` and `parentId`,
         *     or with `status`, `project` and `dead`, are answered from an index. Others sort or search, and
         *     few of them may wait: then `overloaded` says when to come back.
         *
         *     ```json
         *     {"status": "pending", "orderBy": "queue", "limit": 20}
         *     ```
         */
        post: operations["task.list"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/list_attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lists the attachments of a task, oldest first. A page ends early when it grows large; go on at the offset where it ended.
         * @description Lists the attachments of a task, oldest first. A page ends early when it grows large; go on at
         *     the offset where it ended.
         *
         *     ```json
         *     {"taskId": "t-1", "limit": 10}
         *     ```
         */
        post: operations["task.list_attachments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts dead letters back to be done again, oldest first: those that are named, or those that the filters hold for.
         * @description Puts dead letters back to be done again, oldest first: those that are named, or those that the
         *     filters hold for.
         *
         *     ```json
         *     {"reason": "unavailable", "limit": 50}
         *     ```
         */
        post: operations["task.redrive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a claimed task back: it is ready again at once, and the attempt does not count.
         * @description Gives a claimed task back: it is ready again at once, and the attempt does not count.
         *
         *     ```json
         *     {"id": "t-1", "workerId": "w-1", "reason": "shutting down"}
         *     ```
         */
        post: operations["task.release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts an ended task back to be done again, with its attempts forgotten.
         * @description Puts an ended task back to be done again, with its attempts forgotten.
         *
         *     ```json
         *     {"id": "t-1", "force": true}
         *     ```
         */
        post: operations["task.retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Counts tasks, all or those of a project. The counts are kept up to date by every change.
         * @description Counts tasks, all or those of a project. The counts are kept up to date by every change.
         *
         *     ```json
         *     {}
         *     ```
         */
        post: operations["task.stats"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/unassign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a task from whoever holds it or has it parked; it waits for a claim again.
         * @description Takes a task from whoever holds it or has it parked; it waits for a claim again.
         *
         *     ```json
         *     {"taskId": "t-1"}
         *     ```
         */
        post: operations["task.unassign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/task/update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes a task by hand. Metadata is merged over what is there, one level deep.
         * @description Changes a task by hand. Metadata is merged over what is there, one level deep.
         *
         *     ```json
         *     {"id": "t-1", "updates": {"priority": 90, "metadata": {"reviewer": "ada"}}}
         *     ```
         */
        post: operations["task.update"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    "agent.stopped": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event agent.stopped"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "alert.tool_errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event alert.tool_errors"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "batch.completed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event batch.completed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "config.changed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event config.changed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "context.pre_compact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event context.pre_compact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "git.auto_commit.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event git.auto_commit.created"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "hook.event.executed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event hook.event.executed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "hook.post_tool.executed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event hook.post_tool.executed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "hook.pre_tool.executed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event hook.pre_tool.executed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "hook.todo_write.executed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event hook.todo_write.executed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "hook.user_prompt.executed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event hook.user_prompt.executed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "instance.failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event instance.failed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "instance.registered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event instance.registered"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "instance.unregistered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event instance.unregistered"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "key.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event key.created"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "key.revoked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event key.revoked"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "login.ended": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event login.ended"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "login.started": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event login.started"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "notification.received": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event notification.received"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "queue.paused": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event queue.paused"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "queue.resumed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event queue.resumed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "quorum.decision.made": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event quorum.decision.made"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "replica.lagging": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event replica.lagging"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "replica.recovered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event replica.recovered"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "session.ended": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event session.ended"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "session.rehydrated": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event session.rehydrated"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "session.snapshot.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event session.snapshot.created"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "session.started": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event session.started"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "system.flushed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event system.flushed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.assigned": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.assigned"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.attachment.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.attachment.created"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.attachment.deleted": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.attachment.deleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.attempt_failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.attempt_failed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.cancel_requested": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.cancel_requested"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.cancelled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.cancelled"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.claimed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.claimed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.completed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.completed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.created"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.deleted": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.deleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.released": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.released"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.retried": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.retried"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.unassigned": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.unassigned"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.unblocked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.unblocked"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "task.updated": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The payload of this type of event. */
        post: operations["event task.updated"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        /**
         * @description Why attempts and tasks failed, by minute, hour or day. The reasons are those that workers give
         *     (`error`, `invalid_input`, `refused`, `timeout`, `rate_limited`, `unavailable`, `crashed`), those that time
         *     brings (`lease_expired`, `deadline_exceeded`, `instance_failed`), and `other`: a task that was moved to
         *     `failed` by hand.
         *
         *     ```json
         *     {"bucket": "hour"}
         *     ```
         */
        AnalyticsFailures: {
            /**
             * @description How long a bucket is: `minute` (kept for 25 hours), `hour` (62 days) or `day` (10 years, in
             *     UTC). If absent, as fits the range.
             * @default null
             */
            bucket?: components["schemas"]["FiguresBucket"] | null;
            /**
             * @description Where the range begins; 24 hours before its end if absent.
             * @default null
             */
            from?: components["schemas"]["DateTime"] | null;
            /**
             * @description Where it ends; now if absent.
             * @default null
             */
            to?: components["schemas"]["DateTime"] | null;
        };
        /** @description The same in one bucket. */
        AnalyticsFailuresBucket: {
            /** @description Where the bucket begins. */
            at: components["schemas"]["DateTime"];
            /**
             * Format: int64
             * @description Attempts that failed, while their task goes on.
             */
            attempts: number;
            /** @description The reason. */
            reason: string;
            /**
             * Format: int64
             * @description Tasks that failed for good.
             */
            tasks: number;
        };
        /** @description Why attempts and tasks failed. */
        AnalyticsFailuresFound: {
            /** @description How long a bucket is. */
            bucket: components["schemas"]["FiguresBucket"];
            /** @description By bucket, in the order of time, and by reason; without those that nothing failed for. */
            buckets: components["schemas"]["AnalyticsFailuresBucket"][];
            /**
             * @description When the newest event happened that was counted: one of the last second or two may not have
             *     been yet. Absent before there was any.
             */
            countedUpTo?: components["schemas"]["DateTime"] | null;
            /** @description Where the range begins: that of a bucket, so not later than was asked for. */
            from: components["schemas"]["DateTime"];
            /**
             * @description Times within the range whose events were past their retention before they were counted:
             *     they are missing for good.
             */
            lost: components["schemas"]["AnalyticsLost"][];
            /** @description The figures are being counted anew: what they lack will be there again. */
            rebuilding: boolean;
            /** @description Where it ends: not earlier than was asked for. */
            to: components["schemas"]["DateTime"];
            /** @description Over the whole range: the reasons, most failures first. */
            totals: components["schemas"]["AnalyticsFailuresOf"][];
        };
        /** @description What failed for one reason. */
        AnalyticsFailuresOf: {
            /**
             * Format: int64
             * @description Attempts that failed, while their task goes on.
             */
            attempts: number;
            /** @description The reason. */
            reason: string;
            /**
             * Format: int64
             * @description Tasks that failed for good.
             */
            tasks: number;
        };
        /** @description What became of tasks. */
        AnalyticsFlows: {
            /**
             * Format: int64
             * @description Tasks that were called off.
             */
            cancelled: number;
            /**
             * Format: int64
             * @description Tasks that were completed.
             */
            completed: number;
            /**
             * Format: int64
             * @description Tasks that were made.
             */
            created: number;
            /**
             * Format: int64
             * @description Tasks that failed for good.
             */
            failed: number;
            /**
             * Format: int64
             * @description Tasks that were put back after their end.
             */
            retried: number;
            /**
             * Format: int64
             * @description Attempts that failed, were lost or given back, while their task goes on.
             */
            returned: number;
            /**
             * Format: int64
             * @description Tasks that were claimed, or set going by hand.
             */
            started: number;
        };
        /**
         * @description How long tasks waited for their first claim, and how long the attempt took that ended them, in
         *     milliseconds. Percentiles are off by less than 1.6 percent; averages are exact. Times count when they
         *     end.
         *
         *     ```json
         *     {"bucket": "hour"}
         *     ```
         */
        AnalyticsLatency: {
            /**
             * @description How long a bucket is: `minute` (kept for 25 hours), `hour` (62 days) or `day` (10 years, in
             *     UTC). If absent, as fits the range.
             * @default null
             */
            bucket?: components["schemas"]["FiguresBucket"] | null;
            /**
             * @description Where the range begins; 24 hours before its end if absent.
             * @default null
             */
            from?: components["schemas"]["DateTime"] | null;
            /**
             * @description Where it ends; now if absent.
             * @default null
             */
            to?: components["schemas"]["DateTime"] | null;
        };
        /** @description The same in one bucket. */
        AnalyticsLatencyBucket: {
            /** @description Where the bucket begins. */
            at: components["schemas"]["DateTime"];
            /**
             * @description From the creation of a task to its first claim; that includes the time until `runAt`, and until
             *     what it depends on was done.
             */
            waiting: components["schemas"]["AnalyticsTimes"];
            /** @description From the claim of a task to its completion or its failure for good. */
            working: components["schemas"]["AnalyticsTimes"];
        };
        /** @description How long things took. */
        AnalyticsLatencyFound: {
            /** @description How long a bucket is. */
            bucket: components["schemas"]["FiguresBucket"];
            /** @description In the order of time; without those in which nothing was claimed or ended. */
            buckets: components["schemas"]["AnalyticsLatencyBucket"][];
            /**
             * @description When the newest event happened that was counted: one of the last second or two may not have
             *     been yet. Absent before there was any.
             */
            countedUpTo?: components["schemas"]["DateTime"] | null;
            /** @description Where the range begins: that of a bucket, so not later than was asked for. */
            from: components["schemas"]["DateTime"];
            /**
             * @description Times within the range whose events were past their retention before they were counted:
             *     they are missing for good.
             */
            lost: components["schemas"]["AnalyticsLost"][];
            /** @description The figures are being counted anew: what they lack will be there again. */
            rebuilding: boolean;
            /** @description Where it ends: not earlier than was asked for. */
            to: components["schemas"]["DateTime"];
            /** @description Over the whole range. */
            totals: components["schemas"]["AnalyticsTimesOfBoth"];
        };
        /** @description A time whose events were not counted. */
        AnalyticsLost: {
            /** @description After this. */
            from: components["schemas"]["DateTime"];
            /** @description Before this. */
            to: components["schemas"]["DateTime"];
        };
        /** @description How much a method did. */
        AnalyticsMethodCount: {
            /**
             * Format: int64
             * @description To how many tasks, or how often to the same.
             */
            count: number;
            /** @description The method. */
            method: string;
        };
        /** @description The same in one bucket. */
        AnalyticsStatusBucket: {
            /** @description Where the bucket begins. */
            at: components["schemas"]["DateTime"];
            /** @description Their average priority, as far as that is known. */
            averagePriority?: number | null;
            /**
             * Format: int64
             * @description How many.
             */
            count: number;
            /** @description When the first came. */
            firstAt?: components["schemas"]["DateTime"] | null;
            /** @description When the last came. */
            lastAt?: components["schemas"]["DateTime"] | null;
            /** @description The status. */
            status: components["schemas"]["Status"];
        };
        /** @description How many tasks came into a status. */
        AnalyticsStatusTotal: {
            /** @description Their average priority, as far as that is known. */
            averagePriority?: number | null;
            /**
             * Format: int64
             * @description How many.
             */
            count: number;
            /** @description When the first came. */
            firstAt?: components["schemas"]["DateTime"] | null;
            /** @description When the last came. */
            lastAt?: components["schemas"]["DateTime"] | null;
            /** @description The status. */
            status: components["schemas"]["Status"];
        };
        /**
         * @description How many tasks came into each status, by day, hour or minute: with their average priority, and when
         *     the first and the last came. A task counts whenever it comes into a status: `pending` when it is
         *     made or put back after its end, `in_progress` each time it is claimed.
         *
         *     ```json
         *     {"bucket": "day"}
         *     ```
         */
        AnalyticsTasks: {
            /**
             * @description How long a bucket is: `minute` (kept for 25 hours), `hour` (62 days) or `day` (10 years, in
             *     UTC). If absent, as fits the range.
             * @default null
             */
            bucket?: components["schemas"]["FiguresBucket"] | null;
            /**
             * @description Where the range begins; 24 hours before its end if absent.
             * @default null
             */
            from?: components["schemas"]["DateTime"] | null;
            /**
             * @description Where it ends; now if absent.
             * @default null
             */
            to?: components["schemas"]["DateTime"] | null;
        };
        /** @description How many tasks came into each status. */
        AnalyticsTasksFound: {
            /** @description How long a bucket is. */
            bucket: components["schemas"]["FiguresBucket"];
            /** @description By bucket and status, in the order of time; without those into which no task came. */
            buckets: components["schemas"]["AnalyticsStatusBucket"][];
            /**
             * @description When the newest event happened that was counted: one of the last second or two may not have
             *     been yet. Absent before there was any.
             */
            countedUpTo?: components["schemas"]["DateTime"] | null;
            /** @description Where the range begins: that of a bucket, so not later than was asked for. */
            from: components["schemas"]["DateTime"];
            /**
             * @description Times within the range whose events were past their retention before they were counted:
             *     they are missing for good.
             */
            lost: components["schemas"]["AnalyticsLost"][];
            /** @description The figures are being counted anew: what they lack will be there again. */
            rebuilding: boolean;
            /** @description Where it ends: not earlier than was asked for. */
            to: components["schemas"]["DateTime"];
            /** @description Over the whole range: every status. */
            totals: components["schemas"]["AnalyticsStatusTotal"][];
        };
        /**
         * @description How much went through, by minute, hour or day, and how much each method did.
         *
         *     ```json
         *     {"bucket": "hour"}
         *     ```
         */
        AnalyticsThroughput: {
            /**
             * @description How long a bucket is: `minute` (kept for 25 hours), `hour` (62 days) or `day` (10 years, in
             *     UTC). If absent, as fits the range.
             * @default null
             */
            bucket?: components["schemas"]["FiguresBucket"] | null;
            /**
             * @description Where the range begins; 24 hours before its end if absent.
             * @default null
             */
            from?: components["schemas"]["DateTime"] | null;
            /**
             * @description Where it ends; now if absent.
             * @default null
             */
            to?: components["schemas"]["DateTime"] | null;
        };
        /** @description The same in one bucket. */
        AnalyticsThroughputBucket: {
            /** @description Where the bucket begins. */
            at: components["schemas"]["DateTime"];
            /**
             * Format: int64
             * @description Tasks that were called off.
             */
            cancelled: number;
            /**
             * Format: int64
             * @description Tasks that were completed.
             */
            completed: number;
            /**
             * Format: int64
             * @description Tasks that were made.
             */
            created: number;
            /**
             * Format: int64
             * @description Tasks that failed for good.
             */
            failed: number;
            /**
             * Format: int64
             * @description Tasks that were put back after their end.
             */
            retried: number;
            /**
             * Format: int64
             * @description Attempts that failed, were lost or given back, while their task goes on.
             */
            returned: number;
            /**
             * Format: int64
             * @description Tasks that were claimed, or set going by hand.
             */
            started: number;
        };
        /** @description How much went through. */
        AnalyticsThroughputFound: {
            /** @description How long a bucket is. */
            bucket: components["schemas"]["FiguresBucket"];
            /** @description In the order of time; without those in which nothing happened. */
            buckets: components["schemas"]["AnalyticsThroughputBucket"][];
            /**
             * @description When the newest event happened that was counted: one of the last second or two may not have
             *     been yet. Absent before there was any.
             */
            countedUpTo?: components["schemas"]["DateTime"] | null;
            /** @description Where the range begins: that of a bucket, so not later than was asked for. */
            from: components["schemas"]["DateTime"];
            /**
             * @description Times within the range whose events were past their retention before they were counted:
             *     they are missing for good.
             */
            lost: components["schemas"]["AnalyticsLost"][];
            /**
             * @description What methods did to tasks over the whole range, by what was done: a task that was made by
             *     `task.create_many` counts for `task.create`. What time alone brings about, such as a lease that
             *     ends, counts for none.
             */
            methods: components["schemas"]["AnalyticsMethodCount"][];
            /** @description The figures are being counted anew: what they lack will be there again. */
            rebuilding: boolean;
            /** @description Where it ends: not earlier than was asked for. */
            to: components["schemas"]["DateTime"];
            /** @description Over the whole range. */
            totals: components["schemas"]["AnalyticsFlows"];
        };
        /** @description How long something took, in milliseconds. */
        AnalyticsTimes: {
            /** @description On average. */
            averageMs?: number | null;
            /**
             * Format: int64
             * @description How many there are.
             */
            count: number;
            /**
             * Format: int64
             * @description Half of them took no longer.
             */
            p50Ms?: number | null;
            /**
             * Format: int64
             * @description 95 of a hundred took no longer.
             */
            p95Ms?: number | null;
            /**
             * Format: int64
             * @description 99 of a hundred took no longer.
             */
            p99Ms?: number | null;
        };
        /** @description Both times. */
        AnalyticsTimesOfBoth: {
            /**
             * @description From the creation of a task to its first claim; that includes the time until `runAt`, and until
             *     what it depends on was done.
             */
            waiting: components["schemas"]["AnalyticsTimes"];
            /** @description From the claim of a task to its completion or its failure for good. */
            working: components["schemas"]["AnalyticsTimes"];
        };
        /** @description What a worker did. */
        AnalyticsWorker: {
            /** @description How long attempts took that ended their task, on average, in milliseconds. */
            averageMs?: number | null;
            /**
             * Format: int64
             * @description Tasks completed.
             */
            completed: number;
            /**
             * Format: int64
             * @description Tasks that failed for good.
             */
            failed: number;
            /** @description When something was first done. */
            firstAt?: components["schemas"]["DateTime"] | null;
            /** @description When something was last done. */
            lastAt?: components["schemas"]["DateTime"] | null;
            /**
             * Format: int64
             * @description Attempts that time ended: the lease, the deadline, or a worker that was not heard of.
             */
            lost: number;
            /**
             * Format: int64
             * @description Attempts that failed or were given back, while their task goes on.
             */
            returned: number;
            /**
             * Format: int64
             * @description Tasks claimed.
             */
            started: number;
            /** @description The worker. */
            workerId: string;
        };
        /** @description What was done. */
        AnalyticsWorkerDid: {
            /** @description How long attempts took that ended their task, on average, in milliseconds. */
            averageMs?: number | null;
            /**
             * Format: int64
             * @description Tasks completed.
             */
            completed: number;
            /**
             * Format: int64
             * @description Tasks that failed for good.
             */
            failed: number;
            /** @description When something was first done. */
            firstAt?: components["schemas"]["DateTime"] | null;
            /** @description When something was last done. */
            lastAt?: components["schemas"]["DateTime"] | null;
            /**
             * Format: int64
             * @description Attempts that time ended: the lease, the deadline, or a worker that was not heard of.
             */
            lost: number;
            /**
             * Format: int64
             * @description Attempts that failed or were given back, while their task goes on.
             */
            returned: number;
            /**
             * Format: int64
             * @description Tasks claimed.
             */
            started: number;
        };
        /**
         * @description What workers did, over whole days in UTC: those that completed most come first.
         *
         *     ```json
         *     {"limit": 10}
         *     ```
         */
        AnalyticsWorkers: {
            /**
             * @description The range begins with the day of this time; 24 hours before its end if absent.
             * @default null
             */
            from?: components["schemas"]["DateTime"] | null;
            /**
             * @description At most so many workers; 20 if absent.
             * @default null
             */
            limit?: number | null;
            /**
             * @description It ends with the day before which this time is; now if absent. At most 400 days.
             * @default null
             */
            to?: components["schemas"]["DateTime"] | null;
        };
        /** @description What workers did. */
        AnalyticsWorkersFound: {
            /** @description How long a bucket is. */
            bucket: components["schemas"]["FiguresBucket"];
            /**
             * @description When the newest event happened that was counted: one of the last second or two may not have
             *     been yet. Absent before there was any.
             */
            countedUpTo?: components["schemas"]["DateTime"] | null;
            /** @description Where the range begins: that of a bucket, so not later than was asked for. */
            from: components["schemas"]["DateTime"];
            /**
             * @description Times within the range whose events were past their retention before they were counted:
             *     they are missing for good.
             */
            lost: components["schemas"]["AnalyticsLost"][];
            /** @description The figures are being counted anew: what they lack will be there again. */
            rebuilding: boolean;
            /** @description Where it ends: not earlier than was asked for. */
            to: components["schemas"]["DateTime"];
            /**
             * Format: int64
             * @description How many workers there are in all. Of one day and tenant at most 500 are told apart; what
             *     others did is in the totals alone.
             */
            total: number;
            /** @description What all of them did together, with those that are not listed. */
            totals: components["schemas"]["AnalyticsWorkerDid"];
            /** @description The workers, most completed tasks first. */
            workers: components["schemas"]["AnalyticsWorker"][];
        };
        /** @description An attachment of a task. */
        Attachment: {
            /** @description Text, of types `text` and `markdown`. */
            content?: string | null;
            /** @description When it was first written. */
            createdAt: components["schemas"]["DateTime"];
            /** @description Who wrote it. */
            createdBy?: string | null;
            /** @description Its id. */
            id: string;
            /** @description Its key, unique in its task. */
            key: string;
            /** @description Its media type. */
            mimeType?: string | null;
            /**
             * Format: int64
             * @description Its size in bytes, as it was given.
             */
            size?: number | null;
            /** @description Its task. */
            taskId: components["schemas"]["TaskId"];
            /** @description What it is. */
            type: components["schemas"]["AttachmentKind"];
            /** @description When it was last written. */
            updatedAt: components["schemas"]["DateTime"];
            /** @description A link, of type `url`. */
            url?: string | null;
            /** @description JSON, of type `json`. */
            value?: unknown;
        };
        /** @description The attachments. */
        AttachmentBatch: {
            /** @description In the order asked for. */
            attachments: components["schemas"]["Attachment"][];
        };
        /**
         * @description Writes an attachment of a task, over one with the same key. `json` needs `value`, `text` and
         *     `markdown` need `content`, `url` needs `url`.
         *
         *     ```json
         *     {"taskId": "t-1", "key": "notes", "type": "markdown", "content": "# Found\n\nTwo broken links."}
         *     ```
         */
        AttachmentCreate: {
            /**
             * @description Text.
             * @default null
             */
            content?: string | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description Its key, unique in the task. */
            key: string;
            /**
             * @description Its media type.
             * @default null
             */
            mimeType?: string | null;
            /**
             * @description Its size in bytes, if that is known.
             * @default null
             */
            size?: number | null;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
            /** @description What it is. */
            type: components["schemas"]["AttachmentKind"];
            /**
             * @description A link.
             * @default null
             */
            url?: string | null;
            /**
             * @description Any JSON.
             * @default null
             */
            value?: unknown;
        };
        /** @description The attachment was written. */
        AttachmentCreated: {
            /** @description When it was first written. */
            createdAt: components["schemas"]["DateTime"];
            /** @description Its id. */
            id: string;
            /** @description Its key. */
            key: string;
            /** @description Its task. */
            taskId: components["schemas"]["TaskId"];
            /** @description What it is. */
            type: components["schemas"]["AttachmentKind"];
        };
        /**
         * @description Deletes an attachment of a task.
         *
         *     ```json
         *     {"taskId": "t-1", "key": "notes"}
         *     ```
         */
        AttachmentDelete: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description Its key. */
            key: string;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
        };
        /** @description The attachment is gone. */
        AttachmentDeleted: {
            /** @description Always true. */
            deleted: boolean;
            /** @description When. */
            deletedAt: components["schemas"]["DateTime"];
            /** @description Its id. */
            id: string;
            /** @description Its key. */
            key: string;
            /** @description Its task. */
            taskId: components["schemas"]["TaskId"];
        };
        /**
         * @description Reads an attachment of a task.
         *
         *     ```json
         *     {"taskId": "t-1", "key": "notes"}
         *     ```
         */
        AttachmentGet: {
            /** @description Its key. */
            key: string;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
        };
        /**
         * @description Reads up to 100 attachments, of any tasks, in the order asked for. If one does not exist, the
         *     call fails and names it.
         *
         *     ```json
         *     {"requests": [{"taskId": "t-1", "key": "notes"}]}
         *     ```
         */
        AttachmentGetBatch: {
            /** @description Which attachments. */
            requests: components["schemas"]["AttachmentName"][];
        };
        /** @description The kinds of attachments. */
        AttachmentKind: "json" | "markdown" | "text" | "url" | "binary";
        /**
         * @description Lists the attachments of a task, oldest first. A page ends early when it grows large; go on at
         *     the offset where it ended.
         *
         *     ```json
         *     {"taskId": "t-1", "limit": 10}
         *     ```
         */
        AttachmentList: {
            /**
             * @description The most attachments of a page; 50 if absent.
             * @default null
             */
            limit?: number | null;
            /**
             * @description Without the first so many; 0 if absent.
             * @default null
             */
            offset?: number | null;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
            /**
             * @description Only attachments of this type.
             * @default null
             */
            type?: components["schemas"]["AttachmentKind"] | null;
        };
        /** @description The name of an attachment. */
        AttachmentName: {
            /** @description Its key. */
            key: string;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
        };
        /** @description A page of attachments. */
        AttachmentPage: {
            /** @description The attachments. */
            attachments: components["schemas"]["Attachment"][];
            /** @description Whether there are more. */
            hasMore: boolean;
            /**
             * Format: int64
             * @description How many there are in all.
             */
            totalCount: number;
        };
        /**
         * @description A task's backoff: the n-th wait is a random time up to `baseMs` x `factor`^(n-1), at most
         *     `maxMs`.
         */
        Backoff: {
            /**
             * @description The bound of the first wait, in milliseconds.
             * @default 1000
             */
            baseMs?: number;
            /**
             * @description What each further bound is multiplied by.
             * @default 2
             */
            factor?: number;
            /**
             * @description Full jitter; without it the wait is the bound itself.
             * @default true
             */
            jitter?: boolean;
            /**
             * @description The largest bound, in milliseconds.
             * @default 900000
             */
            maxMs?: number;
        };
        /** @description An attachment as it comes with a claimed task. */
        ClaimedAttachment: {
            /** @description Text, of types `text` and `markdown`. */
            content?: string | null;
            /** @description What it holds was left out: read it with task.get_attachment. */
            contentExcluded?: boolean;
            /** @description When it was first written. */
            createdAt: components["schemas"]["DateTime"];
            /** @description What it is. */
            type: components["schemas"]["AttachmentKind"];
            /** @description A link, of type `url`. */
            url?: string | null;
            /** @description JSON, of type `json`. */
            value?: unknown;
        };
        /** @description How a cluster of Redis is. */
        ClusterFound: {
            /** @description Its name. */
            name: string;
            /** @description Whether it can be reached. */
            reached: boolean;
        };
        /** @description The kinds of errors. Each transport maps them in one place. */
        Code: "parse_error" | "invalid_request" | "method_not_found" | "invalid_params" | "not_found" | "conflict" | "stale_fence" | "idempotency_conflict" | "duplicate_unique_key" | "dependency_cycle" | "cursor_expired" | "unauthorized" | "forbidden" | "hook_blocked" | "rate_limited" | "overloaded" | "shutting_down" | "unavailable" | "too_large" | "timeout" | "internal";
        /** @description How a completed attempt went. */
        Completion: "completed" | "failed";
        /** @description A key with its value. */
        ConfigEntry: {
            /** @description The key. */
            key: string;
            /** @description The value. */
            value: unknown;
        };
        /**
         * @description Reads a value of the shared configuration.
         *
         *     ```json
         *     {"key": "todowrite.autocreate"}
         *     ```
         */
        ConfigGet: {
            /** @description Its key. */
            key: string;
        };
        /**
         * @description Lists the shared configuration, by key, a page at a time. Go on with `nextCursor` as `after`. A page
         *     carries about 8 MiB: when the values are large it ends early.
         *
         *     ```json
         *     {"limit": 20}
         *     ```
         */
        ConfigList: {
            /**
             * @description Only those after this key: the `nextCursor` of the page before.
             * @default null
             */
            after?: string | null;
            /**
             * @description The most values of a page; 100 if absent.
             * @default null
             */
            limit?: number | null;
        };
        /** @description A page of the shared configuration. */
        ConfigPage: {
            /** @description Pass it as `after` for the next page; absent when this is the last. */
            nextCursor?: string | null;
            /** @description The values. */
            values: components["schemas"]["ConfigEntry"][];
        };
        /**
         * @description Sets a value of the shared configuration. It is kept as it is given: the text `"5"` stays a
         *     text. `hook.rules` takes the text of a file of rules, or null; one that is not in order is refused.
         *
         *     ```json
         *     {"key": "todowrite.autocreate", "value": false}
         *     ```
         */
        ConfigSet: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description Its key. */
            key: string;
            /**
             * @description Any JSON of at most 64 KiB; null if absent.
             * @default null
             */
            value?: unknown;
        };
        /** @description The value is set. */
        ConfigStored: {
            /** @description Its key. */
            key: string;
            /** @description Always true. */
            success: boolean;
            /** @description The value. */
            value?: unknown;
        };
        /** @description A value of the shared configuration. */
        ConfigValue: {
            /** @description Whether there is one. */
            exists: boolean;
            /** @description Its key. */
            key: string;
            /** @description The value; null if there is none. */
            value?: unknown;
        };
        /** @description A place in the event log: an event's `id`. */
        Cursor: string;
        /**
         * Format: date-time
         * @description A time in UTC, ISO 8601.
         */
        DateTime: string;
        /** @description What becomes of the tasks that wait for a cancelled one. */
        Dependents: "keep" | "cancel" | "release";
        /** @description A page of the documentation. */
        Doc: {
            /** @description Its category. */
            category: string;
            /** @description Its text, in Markdown. */
            content: string;
            /** @description What it is about. */
            description: string;
            /** @description The fields at its head. */
            frontmatter: {
                [key: string]: unknown;
            };
            /** @description Its id. */
            id: string;
            /** @description When it was last changed. */
            lastModified: components["schemas"]["DateTime"];
            /** @description Its file. */
            path: string;
            /**
             * Format: int64
             * @description Its place among the others.
             */
            sidebar_position?: number | null;
            /** @description Its tags. */
            tags: string[];
            /** @description Its title. */
            title: string;
        };
        /** @description A page of the documentation, without its text. */
        DocListed: {
            /** @description Its category. */
            category: string;
            /** @description What it is about. */
            description: string;
            /** @description Its id, for docs.get. */
            id: string;
            /** @description When it was last changed. */
            lastModified: components["schemas"]["DateTime"];
            /** @description Its file. */
            path: string;
            /** @description Its tags. */
            tags: string[];
            /** @description Its title. */
            title: string;
        };
        /**
         * @description Reads a page of this server's documentation.
         *
         *     ```json
         *     {"id": "README"}
         *     ```
         */
        DocsGet: {
            /** @description The id of the page, from docs.list. */
            id: string;
        };
        /**
         * @description Lists the pages of this server's documentation; `search` keeps those that have all its words.
         *
         *     ```json
         *     {"limit": 10}
         *     ```
         */
        DocsList: {
            /**
             * @description Only pages of this category.
             * @default null
             */
            category?: string | null;
            /**
             * @description The most pages; 50 if absent.
             * @default null
             */
            limit?: number | null;
            /**
             * @description Without the first so many; 0 if absent.
             * @default null
             */
            offset?: number | null;
            /**
             * @description Only pages that have all of these words.
             * @default null
             */
            search?: string | null;
        };
        /** @description Pages of the documentation. */
        DocsPage: {
            /** @description All categories there are. */
            categories: string[];
            /** @description The pages. */
            docs: components["schemas"]["DocListed"][];
            /**
             * Format: uint
             * @description How many the filters hold for.
             */
            totalCount: number;
        };
        Error: {
            error: {
                code: components["schemas"]["Code"];
                issues?: components["schemas"]["Issue"][];
                message: string;
            };
        };
        /** @description One fact, as it stands in the log. */
        Event: {
            /** @description Who caused it. */
            actor: string;
            /**
             * Format: int64
             * @description The attempt it belongs to.
             */
            attempt?: number | null;
            /** @description Its place in the log: the cursor from which to go on. */
            id: components["schemas"]["Cursor"];
            /** @description Who did it and the like. */
            metadata: components["schemas"]["EventMetadata"];
            /** @description Its fields; which they are depends on the type. */
            payload: {
                [key: string]: unknown;
            };
            /** @description The project of the task. */
            project?: string | null;
            /** @description The session of an agent that caused it. */
            sessionId?: string | null;
            /** @description The task it is about. */
            taskId?: components["schemas"]["TaskId"] | null;
            /**
             * Format: int64
             * @description When it happened, in milliseconds since 1970.
             */
            timestamp: number;
            /** @description The W3C trace context of the call that caused it. */
            traceparent?: string | null;
            /** @description Its type, such as `task.created`. */
            type: string;
            /**
             * Format: int64
             * @description Its number among the task's events: 1, 2, 3, without gaps.
             */
            version?: number | null;
        };
        /**
         * @description Reads the event log, a page at a time. Pass `next` as `after` to go on; a page may be short, or
         *     even empty, before the end of the log. What these credentials may not read is left out.
         *
         *     ```json
         *     {"types": ["task.*"], "limit": 20}
         *     ```
         */
        EventList: {
            /**
             * @description Only events after this place. Without it: from the oldest that is kept.
             * @default null
             */
            after?: components["schemas"]["Cursor"] | null;
            /**
             * @description The most events of a page; 100 if absent.
             * @default null
             */
            limit?: number | null;
            /**
             * @description `asc`: in the order in which they happened, the default. `desc`: newest first.
             * @default null
             */
            order?: components["schemas"]["EventOrder"] | null;
            /**
             * @description Only events of tasks of this project.
             * @default null
             */
            project?: string | null;
            /**
             * @description Only events of this session of an agent.
             * @default null
             */
            sessionId?: string | null;
            /**
             * @description Only events of this task.
             * @default null
             */
            taskId?: components["schemas"]["TaskId"] | null;
            /**
             * @description Only these types: names, `task.*`, or `*`.
             * @default null
             */
            types?: string[] | null;
        };
        /** @description What is known of an event beside its payload. Which fields are there depends on the type. */
        EventMetadata: {
            assignedBy?: string | null;
            /** @description The names of the fields that were changed. */
            changes?: string[] | null;
            claimedAt?: components["schemas"]["DateTime"] | null;
            completedBy?: string | null;
            createdBy?: string | null;
            deletedAt?: components["schemas"]["DateTime"] | null;
            deletedBy?: string | null;
            eventId?: components["schemas"]["Cursor"] | null;
            unassignedAt?: components["schemas"]["DateTime"] | null;
            unassignedBy?: string | null;
            updatedBy?: string | null;
        };
        /** @description In which direction the log is read. */
        EventOrder: "asc" | "desc";
        /** @description A page of events. */
        EventPage: {
            /** @description The events. */
            events: components["schemas"]["Event"][];
            /** @description Whether there was more when the page was read. */
            hasMore: boolean;
            /** @description Where to go on: pass it as `after`. */
            next: components["schemas"]["Cursor"];
        };
        /** @description Kinds of failures. */
        FailReason: "error" | "invalid_input" | "refused" | "timeout" | "rate_limited" | "unavailable" | "crashed";
        Failure: {
            code: components["schemas"]["Code"];
            details?: unknown;
            error: string;
            event: string;
            message: string;
            /** @constant */
            success: false;
            /** Format: date-time */
            timestamp?: string;
        };
        /** @description The spans of time that figures are kept for. All begin where UTC has them begin. */
        FiguresBucket: "minute" | "hour" | "day";
        /**
         * @description An agent's changes were committed: the first of its tasks gets the diff as an attachment
         *     `git-commit-HASH`, the others a reference `git-ref-HASH`. Secrets are masked.
         *
         *     ```json
         *     {"instanceId": "w-1", "sessionId": "s-1", "commitHash": "0123456789abcdef", "branch": "work", "files": ["a.rs"],
         *      "diff": "+fn a() {}", "taskContext": {"taskIds": [], "toolUsed": "Edit", "timestamp": 1763913600007},
         *      "commitMessage": "{}"}
         *     ```
         */
        GitAutoCommit: {
            /** @description The branch. */
            branch: string;
            /** @description The commit's hash. */
            commitHash: string;
            /** @description Its message. */
            commitMessage: string;
            /** @description What changed; 10,000 bytes of it are kept. */
            diff: string;
            /** @description The files that changed, at most 1,000. */
            files: string[];
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description The instance. */
            instanceId: string;
            /** @description The session. */
            sessionId: string;
            /**
             * @description Lines that came and went.
             * @default null
             */
            stats?: components["schemas"]["GitStats"] | null;
            /** @description What it is about. */
            taskContext: components["schemas"]["GitTaskContext"];
        };
        /** @description The commit is noted. */
        GitCommitNoted: {
            /** @description Always true. */
            acknowledged: boolean;
            /** @description The attachment with the diff, if a task could take it. */
            attachmentId?: string | null;
            /** @description By what the commit is known. */
            eventId?: string | null;
            /** @description Tasks that could not take it, and why. */
            skipped?: string[];
        };
        /** @description What an agent works on. */
        GitContext: {
            /** @description Its todos. */
            currentTodos: components["schemas"]["SessionTodo"][];
            /** @description What it was told last. */
            lastPrompt?: string | null;
            /** @description Whose it is. */
            metadata: components["schemas"]["GitMetadata"];
            /** @description The tools it used last, newest first. */
            recentTools: string[];
            /** @description Its tasks, those in progress first. */
            tasks: components["schemas"]["SessionTask"][];
        };
        /**
         * @description What an agent works on: for the message of a commit.
         *
         *     ```json
         *     {"instanceId": "w-1", "sessionId": "s-1"}
         *     ```
         */
        GitContextGet: {
            /** @description The instance. */
            instanceId: string;
            /**
             * @description The most tasks; 5 if absent.
             * @default null
             */
            limit?: number | null;
            /** @description The session. */
            sessionId: string;
        };
        /** @description Whose work it is. */
        GitMetadata: {
            /**
             * Format: int64
             * @description How many hooks the session has run.
             */
            eventCount?: number | null;
            /** @description The instance. */
            instanceId: string;
            /** @description The folder that it works in. */
            projectDir?: string | null;
            /** @description The session. */
            sessionId: string;
        };
        /** @description How much a commit changed. */
        GitStats: {
            /**
             * Format: double
             * @description Lines that came.
             */
            additions: number;
            /**
             * Format: double
             * @description Lines that went.
             */
            deletions: number;
            /**
             * Format: double
             * @description Files that changed.
             */
            filesChanged: number;
        };
        /** @description What a commit is about. */
        GitTaskContext: {
            /** @description The tasks; of more than 20 the first. */
            taskIds: string[];
            /**
             * Format: double
             * @description When, in milliseconds since 1970.
             */
            timestamp: number;
            /** @description The tool that changed something. */
            toolUsed: string;
        };
        /** @description How the server is, in a word. */
        HealthStatus: "healthy" | "degraded" | "unhealthy";
        /**
         * @description An agent, or a part of it, has stopped for now. What it holds stays its own: `session.end` or
         *     `system.unregister` give that back.
         *
         *     ```json
         *     {"instanceId": "w-1", "sessionId": "s-1", "agentType": "main", "timestamp": 1763913600007}
         *     ```
         */
        HookAgentStop: {
            /** @description `main` or `subagent`; anything else counts as `unknown`. */
            agentType: string;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description The instance. */
            instanceId: string;
            /** @description The session. */
            sessionId: string;
            /**
             * Format: double
             * @description When, in milliseconds since 1970.
             */
            timestamp: number;
        };
        /** @description It is kept. */
        HookCompacting: {
            /** @description Always true. */
            acknowledged: boolean;
            /** @description The snapshot. */
            snapshotId: string;
            /** @description Always true: a snapshot that could not be kept is an error. */
            stateSaved: boolean;
        };
        /** @description What is done about a tool call, from the mildest to the strictest. */
        HookDecision: "allow" | "warn" | "modify" | "ask" | "deny";
        /**
         * @description Any other hook of an agent ran: it is kept, without secrets and cut.
         *
         *     ```json
         *     {"hookEvent": "SubagentStart", "data": {"agent_type": "reviewer"}, "sessionId": "s-1", "instanceId": "w-1"}
         *     ```
         */
        HookEvent: {
            /**
             * @description What came with it.
             * @default null
             */
            data?: unknown;
            /** @description The hook, as the agent names it. */
            hookEvent: string;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description The instance; registered if it is not.
             * @default null
             */
            instanceId?: string | null;
            /**
             * @description The session.
             * @default null
             */
            sessionId?: string | null;
            /**
             * Format: double
             * @description When, in milliseconds since 1970; now if absent.
             * @default null
             */
            timestamp?: number | null;
        };
        /** @description What the rules say. */
        HookJudged: {
            /** @description Whether it may run. False, too, when a person is to be asked: who cannot ask must not let it run. */
            allow: boolean;
            /** @description What is done: `allow`, `warn`, `modify`, `ask` or `deny`. */
            decision: components["schemas"]["HookDecision"];
            /** @description What to call it with instead. */
            modified?: unknown;
            /** @description Why it may not, or was changed. */
            reason?: string | null;
            /** @description The rule that decided. */
            rule?: string | null;
            /** @description How bad it would be: `low`, `medium`, `high` or `critical`. */
            severity?: string | null;
            /** @description What to tell the agent. */
            warnings: string[];
        };
        /**
         * @description An agent tells its person something, such as that it waits: whoever follows the events sees it.
         *
         *     ```json
         *     {"message": "Claude needs your permission", "type": "warning", "sessionId": "s-1", "instanceId": "w-1", "timestamp": 1763913600007}
         *     ```
         */
        HookNotification: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description The instance. */
            instanceId: string;
            /** @description What it says. */
            message: string;
            /** @description The session. */
            sessionId: string;
            /**
             * Format: double
             * @description When, in milliseconds since 1970.
             */
            timestamp: number;
            /** @description `info`, `warning`, `error`, `success`, or what its client calls it. */
            type: string;
        };
        /**
         * @description An agent has used a tool: what it was called with and what it answered are kept, without secrets and cut.
         *     Lists of todos become tasks.
         *
         *     ```json
         *     {"tool": "Edit", "params": {"file_path": "a.rs"}, "result": {"ok": true}, "sessionId": "s-1"}
         *     ```
         */
        HookPostTool: {
            /**
             * Format: double
             * @description How long it took, in milliseconds.
             * @default null
             */
            executionTime?: number | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description The instance; registered if it is not.
             * @default null
             */
            instanceId?: string | null;
            /**
             * @description Whether this was kept while the server was away: nobody reads the answer any more. Tasks that went another
             *     way are told with the next prompt.
             * @default false
             */
            late?: boolean;
            /**
             * @description What it was called with.
             * @default null
             */
            params?: unknown;
            /**
             * @description What it answered.
             * @default null
             */
            result?: unknown;
            /**
             * @description The session.
             * @default null
             */
            sessionId?: string | null;
            /**
             * @description Whether it succeeded; true if absent.
             * @default null
             */
            success?: boolean | null;
            /**
             * Format: double
             * @description When, in milliseconds since 1970; now if absent.
             * @default null
             */
            timestamp?: number | null;
            /** @description The tool, such as `Bash`. */
            tool: string;
        };
        /**
         * @description An agent is about to shorten what it remembers: what it needs to go on is kept in a snapshot, which
         *     `session.rehydrate` gives back.
         *
         *     ```json
         *     {"sessionId": "s-1", "instanceId": "w-1", "contextSize": 150000, "timestamp": 1763913600007}
         *     ```
         */
        HookPreCompact: {
            /**
             * Format: double
             * @description How much it remembers, in tokens; 0 if it does not know.
             */
            contextSize: number;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description The instance. */
            instanceId: string;
            /** @description The session. */
            sessionId: string;
            /**
             * Format: double
             * @description When, in milliseconds since 1970.
             */
            timestamp: number;
        };
        /**
         * @description An agent is about to use a tool: the rules in force say whether it may. What it is called with and the
         *     verdict are kept, without secrets.
         *
         *     ```json
         *     {"tool": "Bash", "params": {"command": "ls; rm -rf /"}, "sessionId": "s-1", "instanceId": "w-1"}
         *     ```
         */
        HookPreTool: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description The instance; registered if it is not.
             * @default null
             */
            instanceId?: string | null;
            /**
             * @description What is known besides: `cwd` or `projectDir` is the folder it works in, `home` the home of its user;
             *     with them paths are seen for what they are.
             * @default null
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description What it is called with.
             * @default null
             */
            params?: unknown;
            /**
             * @description The session.
             * @default null
             */
            sessionId?: string | null;
            /**
             * Format: double
             * @description When, in milliseconds since 1970; now if absent.
             * @default null
             */
            timestamp?: number | null;
            /** @description The tool, such as `Bash`. */
            tool: string;
        };
        /** @description It is kept. */
        HookProcessed: {
            /** @description Todos whose tasks went another way. */
            apart?: components["schemas"]["TodoApart"][];
            /**
             * @description What was made of it: true, or what is known of some tools.
             * @default null
             */
            processed?: unknown;
        };
        /** @description The prompt is kept. */
        HookPrompted: {
            /** @description Todos whose tasks went another way since this was told last. */
            apart?: components["schemas"]["TodoApart"][];
            /** @description The prompt with warnings behind it, if there are any. */
            modified?: string | null;
        };
        /** @description It is kept. */
        HookReceived: {
            /** @description Always true: it is an event that others can follow. */
            broadcasted: boolean;
            /** @description Always true. */
            received: boolean;
        };
        /** @description It is kept. */
        HookRecorded: {
            /** @description Always true. */
            recorded: boolean;
        };
        /** @description It is kept. */
        HookStopped: {
            /** @description Always true. */
            acknowledged: boolean;
            /** @description Always false: an agent that has stopped goes on with the next prompt. */
            cleanedUp: boolean;
        };
        /**
         * @description An agent has written its list of todos: new ones become tasks, one that is in progress is leased to its
         *     instance, one that is completed completes its task. Tasks that others have, or have ended, stay as they
         *     are, and the answer tells of them.
         *
         *     ```json
         *     {"todos": [{"content": "Write the tests", "status": "in_progress"}], "sessionId": "s-1", "instanceId": "w-1"}
         *     ```
         */
        HookTodoWrite: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description The instance; registered if it is not. `default` if absent.
             * @default null
             */
            instanceId?: string | null;
            /**
             * @description Whether this was kept while the server was away: nobody reads the answer any more. Tasks that went another
             *     way are told with the next prompt.
             * @default false
             */
            late?: boolean;
            /**
             * @description What the list was before. The server knows that itself: it is not looked at.
             * @default null
             */
            previousTodos?: components["schemas"]["TodoItem"][] | null;
            /**
             * @description The session; the instance if absent.
             * @default null
             */
            sessionId?: string | null;
            /**
             * Format: double
             * @description When, in milliseconds since 1970.
             * @default null
             */
            timestamp?: number | null;
            /** @description All todos, at most 200. */
            todos: components["schemas"]["TodoItem"][];
        };
        /** @description The todos are kept. */
        HookTodosWritten: {
            /** @description Todos whose tasks went another way since this was told last. */
            apart?: components["schemas"]["TodoApart"][];
            /** @description Always true. */
            processed: boolean;
        };
        /**
         * @description Somebody tells an agent what to do: it is kept, without secrets. The answer tells of todos whose tasks went
         *     another way meanwhile.
         *
         *     ```json
         *     {"prompt": "Write the tests", "context": {}, "sessionId": "s-1", "instanceId": "w-1"}
         *     ```
         */
        HookUserPrompt: {
            /** @description What its client says of itself. */
            context: {
                [key: string]: unknown;
            };
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description The instance; registered if it is not.
             * @default null
             */
            instanceId?: string | null;
            /**
             * @description Whether this was kept while the server was away: nobody reads the answer any more. Tasks that went another
             *     way are told with the next prompt.
             * @default false
             */
            late?: boolean;
            /** @description What the agent is told. */
            prompt: string;
            /**
             * @description The session.
             * @default null
             */
            sessionId?: string | null;
            /**
             * Format: double
             * @description When, in milliseconds since 1970; now if absent.
             * @default null
             */
            timestamp?: number | null;
        };
        /** @description One thing that is wrong with a parameter. */
        Issue: {
            /** @description The kind of mistake, such as `invalid_type` or `too_big`. */
            code: string;
            /** @description What was expected and what came. */
            message: string;
            /** @description Where: names and places from the params downwards. */
            path: unknown[];
        };
        /** @description Why one item was refused. */
        ItemError: {
            /** @description The kind of error. */
            code: components["schemas"]["Code"];
            /**
             * @description More for programs.
             * @default null
             */
            details?: unknown;
            /** @description What was wrong, in a sentence. */
            message: string;
        };
        /** @description An API key without its secret. */
        Key: {
            /** @description When it was made. */
            createdAt: components["schemas"]["DateTime"];
            /** @description Whether it has ended. */
            expired: boolean;
            /** @description When it ends. */
            expiresAt?: components["schemas"]["DateTime"] | null;
            /** @description Its public id. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description What it may do. */
            scopes: string[];
            /** @description Whose data it opens. */
            tenant: string;
        };
        /**
         * @description Makes an API key. The key itself is shown this once: keep it where secrets are kept.
         *
         *     ```json
         *     {"name": "build agent", "scopes": ["tasks:read", "tasks:work"], "forMs": 2592000000}
         *     ```
         */
        KeyCreate: {
            /**
             * @description When it ends; never if absent.
             * @default null
             */
            expiresAt?: components["schemas"]["DateTime"] | null;
            /**
             * @description Instead of `expiresAt`: it ends after so many milliseconds.
             * @default null
             */
            forMs?: number | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description Its name, as it will stand in events. */
            name: string;
            /** @description What it may do. */
            scopes: components["schemas"]["Scope"][];
            /**
             * @description Whose data it opens, by name: made when there is no such tenant; the caller's own if
             *     absent. Only the tenant `default` may name another.
             * @default null
             */
            tenant?: string | null;
        };
        /** @description The key that was made. */
        KeyCreated: {
            /** @description When it was made. */
            createdAt: components["schemas"]["DateTime"];
            /** @description When it ends. */
            expiresAt?: components["schemas"]["DateTime"] | null;
            /** @description Its public id. */
            id: string;
            /** @description The key. Null when the call repeats an earlier one: it was shown then. */
            key?: string | null;
            /** @description Its name. */
            name: string;
            /** @description What it may do. */
            scopes: string[];
            /** @description Whose data it opens. */
            tenant: string;
        };
        /**
         * @description Lists the API keys that are not revoked: those of the tenant, or of all for the tenant
         *     `default`. Secrets are not shown.
         *
         *     ```json
         *     {}
         *     ```
         */
        KeyList: Record<string, never>;
        /** @description The keys. */
        KeyPage: {
            /** @description The keys, oldest first. */
            keys: components["schemas"]["Key"][];
        };
        /**
         * @description Revokes an API key, by its public id: the part of the key between the two underscores.
         *
         *     ```json
         *     {"id": "0123456789abcdef"}
         *     ```
         */
        KeyRevoke: {
            /** @description Its public id. */
            id: string;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
        };
        /** @description The key opens nothing any more. */
        KeyRevoked: {
            /** @description Its public id. */
            id: string;
            /** @description Always true. */
            revoked: boolean;
        };
        /** @description The right of one worker to work on one task until a time. */
        Lease: {
            /**
             * Format: int64
             * @description The attempt.
             */
            attempt: number;
            /** @description When the attempt must be over, extended or not. */
            deadlineAt?: components["schemas"]["DateTime"] | null;
            /** @description When it ends, unless it is extended by a heartbeat. */
            expiresAt: components["schemas"]["DateTime"];
            /**
             * Format: int64
             * @description The fencing token: pass it with every report, so that one that comes too late is refused.
             */
            fence: number;
            /** @description Who holds it. */
            workerId: string;
        };
        /** @description A method. */
        MethodFacts: {
            /** @description What it does. */
            description?: string | null;
            /**
             * @description The JSON Schema of its params.
             * @default null
             */
            inputSchema?: unknown;
            /** @description What a call needs. */
            metadata: components["schemas"]["MethodMetadata"];
            /** @description `domain.action`. */
            name: string;
            /**
             * @description The JSON Schema of its answer.
             * @default null
             */
            outputSchema?: unknown;
        };
        /** @description What a call needs. */
        MethodMetadata: {
            /** @description Whether it changes something. */
            persist: boolean;
            /** @description The scope that the caller must have. */
            roles: components["schemas"]["Scope"][];
        };
        /** @description One of many new tasks. */
        NewTask: {
            /**
             * @description How long it waits after a failed attempt; from a second, doubling, to 15 minutes,
             *     with full jitter, if absent.
             * @default null
             */
            backoff?: components["schemas"]["Backoff"] | null;
            /**
             * @description How long one attempt may take in all, in milliseconds, heartbeats or not.
             * @default null
             */
            deadlineMs?: number | null;
            /**
             * @description Instead of `runAt`: not before so many milliseconds from now.
             * @default null
             */
            delayMs?: number | null;
            /**
             * @description The tasks that must be completed before: ids, or keys of other tasks of this call.
             * @default null
             */
            dependsOn?: string[] | null;
            /**
             * @description A name for it in this call, for `dependsOn` of the others.
             * @default null
             */
            key?: string | null;
            /**
             * @description How long a worker may be silent before the task goes back; 300,000 milliseconds if
             *     absent.
             * @default null
             */
            leaseMs?: number | null;
            /**
             * @description How often it is tried before it is a dead letter; 5 if absent.
             * @default null
             */
            maxAttempts?: number | null;
            /**
             * @description Any fields of your own; they come back with the task.
             * @default null
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description What to do when a live task has the same unique key; `reject` if absent.
             * @default null
             */
            onDuplicate?: components["schemas"]["OnDuplicate"] | null;
            /**
             * @description The task that it is a part of.
             * @default null
             */
            parentId?: components["schemas"]["TaskId"] | null;
            /**
             * @description 0 to 100, highest first; 50 if absent.
             * @default null
             */
            priority?: number | null;
            /**
             * @description Its project.
             * @default null
             */
            project?: string | null;
            /**
             * @description Who may claim it: workers with one of these roles; everybody if there are none.
             * @default null
             */
            roles?: string[] | null;
            /**
             * @description Not before this time.
             * @default null
             */
            runAt?: components["schemas"]["DateTime"] | null;
            /**
             * @description Tags, to filter claims and lists by.
             * @default null
             */
            tags?: string[] | null;
            /** @description What is to be done. */
            text: string;
            /**
             * @description At most one live task has this key.
             * @default null
             */
            uniqueKey?: string | null;
        };
        /** @description What to do when a live task has the same unique key. */
        OnDuplicate: "reject" | "return" | "replace";
        /** @description What a pause holds back. */
        PauseScope: "all" | {
            project: string;
        } | {
            role: string;
        } | {
            tag: string;
        } | {
            worker: string;
        };
        /** @description A project. */
        Project: {
            /** @description How many tasks it has. How long the oldest has waited is what `task.stats` says. */
            counts: components["schemas"]["TaskCounts"];
            /** @description Its name. */
            name: string;
        };
        /**
         * @description Lists the projects that have tasks, by name, a page at a time, with how many tasks each has. Go on with
         *     `nextCursor` as `after`. Where many projects had tasks once, a page may be short, or empty, before the
         *     last one.
         *
         *     ```json
         *     {"limit": 20}
         *     ```
         */
        ProjectList: {
            /**
             * @description Only those after this name: the `nextCursor` of the page before.
             * @default null
             */
            after?: string | null;
            /**
             * @description The most projects of a page; 100 if absent.
             * @default null
             */
            limit?: number | null;
        };
        /** @description A page of projects. */
        ProjectPage: {
            /** @description Pass it as `after` for the next page; absent when this is the last. */
            nextCursor?: string | null;
            /** @description The projects. */
            projects: components["schemas"]["Project"][];
        };
        /**
         * @description Lists the pauses in force.
         *
         *     ```json
         *     {}
         *     ```
         */
        QueueList: Record<string, never>;
        /**
         * @description Holds claims back: from a project, in a role, of tasks with a tag, by a worker, or all. What is
         *     being worked on goes on. A pause at the same place is replaced.
         *
         *     ```json
         *     {"project": "site", "reason": "release in progress", "forMs": 600000}
         *     ```
         */
        QueuePause: {
            /**
             * @description `true`: every task.
             * @default null
             */
            all?: boolean | null;
            /**
             * @description Instead of `until`: it ends after so many milliseconds.
             * @default null
             */
            forMs?: number | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description The tasks of this project.
             * @default null
             */
            project?: string | null;
            /**
             * @description Why.
             * @default null
             */
            reason?: string | null;
            /**
             * @description Claims in this role. Tasks that other roles may claim too go on there.
             * @default null
             */
            role?: string | null;
            /**
             * @description The tasks with this tag.
             * @default null
             */
            tag?: string | null;
            /**
             * @description When it ends by itself.
             * @default null
             */
            until?: components["schemas"]["DateTime"] | null;
            /**
             * @description Claims by this worker: it gets no more tasks, not even those that are parked on it. It need
             *     not be there; the pause outlasts its registration.
             * @default null
             */
            worker?: string | null;
        };
        /** @description Claims are held back. */
        QueuePaused: {
            /** @description Since when. */
            pausedAt: components["schemas"]["DateTime"];
            /** @description What is held back. */
            scope: components["schemas"]["PauseScope"];
            /** @description When it ends by itself. */
            until?: components["schemas"]["DateTime"] | null;
        };
        /** @description A pause in force. */
        QueuePausedPart: {
            /** @description Since when. */
            pausedAt: components["schemas"]["DateTime"];
            /** @description By whom. */
            pausedBy: string;
            /** @description Why. */
            reason?: string | null;
            /** @description What is held back. */
            scope: components["schemas"]["PauseScope"];
            /** @description When it ends by itself. */
            until?: components["schemas"]["DateTime"] | null;
        };
        /** @description The pauses in force. */
        QueuePauses: {
            /** @description The pauses. */
            pauses: components["schemas"]["QueuePausedPart"][];
        };
        /**
         * @description Lets claims go on where queue.pause held them back. Other pauses stay.
         *
         *     ```json
         *     {"project": "site"}
         *     ```
         */
        QueueResume: {
            /**
             * @description `true`: the pause of every task.
             * @default null
             */
            all?: boolean | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description The pause of this project.
             * @default null
             */
            project?: string | null;
            /**
             * @description The pause of this role.
             * @default null
             */
            role?: string | null;
            /**
             * @description The pause of this tag.
             * @default null
             */
            tag?: string | null;
            /**
             * @description The pause of this worker.
             * @default null
             */
            worker?: string | null;
        };
        /** @description Claims go on. */
        QueueResumed: {
            /** @description Since when it goes on. */
            resumedAt: components["schemas"]["DateTime"];
            /** @description What was held back. */
            scope: components["schemas"]["PauseScope"];
        };
        /** @description How a replica is. */
        ReplicaFound: {
            /**
             * Format: int64
             * @description The same in bytes of the primary's log.
             */
            lagBytes?: number | null;
            /**
             * Format: int64
             * @description How far it is behind, in milliseconds; absent before it was reached for the first time.
             */
            lagMs?: number | null;
            /** @description Whether it is behind, or away, for longer than it may. */
            lagging: boolean;
            /** @description Its host and port. */
            name: string;
            /** @description What is wrong with it. */
            problem?: string | null;
            /** @description Whether reads go there. */
            serves: boolean;
        };
        /** @description The attachment that holds a task's result. */
        ResultAttachment: {
            /** @description Text. */
            content?: string | null;
            /** @description What it holds was left out of a large list: read it with task.get. */
            contentExcluded?: boolean;
            /** @description When it was first written. */
            createdAt: components["schemas"]["DateTime"];
            /** @description What it is. */
            type: components["schemas"]["AttachmentKind"];
            /** @description JSON. */
            value?: unknown;
        };
        /** @description What a principal may do. Each scope stands alone; `admin` holds all. */
        Scope: "tasks:read" | "tasks:write" | "tasks:work" | "system:read" | "system:write" | "admin";
        /** @description A session. */
        Session: {
            /** @description When it ended. */
            endedAt?: components["schemas"]["DateTime"] | null;
            /**
             * Format: int64
             * @description How many hooks it has run.
             */
            events: number;
            /** @description The instance that it works as. */
            instanceId: string;
            /** @description What it was told last. */
            lastPrompt?: string | null;
            /** @description When it was last heard of. */
            lastSeen: components["schemas"]["DateTime"];
            /** @description The folder that it works in. */
            projectDir?: string | null;
            /** @description Its id. */
            sessionId: string;
            /** @description When it was first heard of. */
            startedAt: components["schemas"]["DateTime"];
            /**
             * Format: int64
             * @description How many todos it has, and how many of them are done.
             */
            todos: number;
            /**
             * Format: int64
             * @description How many of them are done.
             */
            todosCompleted: number;
        };
        /** @description The session has begun. */
        SessionBegun: {
            /** @description What it needs to go on. */
            context: components["schemas"]["SessionMemory"];
            /** @description What the session before it in the same folder has left, for one that is new. */
            previous?: components["schemas"]["SessionPrevious"] | null;
            /**
             * Format: int64
             * @description How many tasks anybody could claim now.
             */
            ready: number;
            /** @description Whether it was known before. */
            resumed: boolean;
            /** @description The session. */
            sessionId: string;
            /** @description The same as a text for the agent; absent when there is nothing to say. */
            text?: string | null;
        };
        /** @description What a session needs to go on, in short. */
        SessionCondensed: {
            /**
             * @description What it was told, newest first.
             * @default []
             */
            prompts?: components["schemas"]["SessionPrompt"][];
            /**
             * @description Its tasks: of its todos, and those that its instance has.
             * @default []
             */
            tasks?: components["schemas"]["SessionTask"][];
            /**
             * @description Its todos.
             * @default []
             */
            todos?: components["schemas"]["SessionTodo"][];
            /**
             * @description The tools that it used, the last one first.
             * @default []
             */
            tools?: components["schemas"]["SessionTool"][];
        };
        /**
         * @description A session of an agent is over: what its instance holds, or has parked on it, goes back at once. Where other
         *     sessions that are open work as the same instance, only what this one holds by its todos does.
         *
         *     ```json
         *     {"sessionId": "s-1", "instanceId": "w-1", "reason": "exit"}
         *     ```
         */
        SessionEnd: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description The instance. */
            instanceId: string;
            /**
             * @description Why.
             * @default null
             */
            reason?: string | null;
            /** @description The session. */
            sessionId: string;
        };
        /** @description An event of a session. */
        SessionEvent: {
            /** @description Its fields. */
            data: {
                [key: string]: unknown;
            };
            /** @description Its place in the log. */
            eventId: components["schemas"]["Cursor"];
            /** @description Its type. */
            eventType: string;
            /**
             * @description By what it can be found: its type, `tool:NAME`, `prompt`, `todos`.
             * @default []
             */
            labels?: string[];
            /**
             * Format: int64
             * @description When, in milliseconds since 1970.
             */
            timestamp: number;
        };
        /**
         * @description Lists the sessions of agents, the one that was heard of last first. They are forgotten a week after that.
         *
         *     ```json
         *     {"limit": 20}
         *     ```
         */
        SessionList: {
            /**
             * @description The most sessions; 50 if absent.
             * @default null
             */
            limit?: number | null;
            /**
             * @description Only those that were last heard of up to then.
             * @default null
             */
            upto?: components["schemas"]["DateTime"] | null;
        };
        /** @description What a session needs to go on. */
        SessionMemory: {
            /**
             * @description Its todos.
             * @default []
             */
            activeTodos?: components["schemas"]["SessionTodo"][];
            /** @description What it was told last. */
            lastPrompt?: string | null;
            /**
             * @description The tasks that are its instance's, those in progress first.
             * @default []
             */
            lastTasks?: components["schemas"]["SessionTask"][];
            /**
             * @description The tools it used last, newest first.
             * @default []
             */
            lastTools?: string[];
            /** @description The folder that it works in. */
            projectDir?: string | null;
        };
        /** @description The session is over. */
        SessionOver: {
            /** @description Always true. */
            ended: boolean;
            /**
             * Format: int64
             * @description How many tasks went back.
             */
            tasksReassigned: number;
        };
        /** @description Sessions. */
        SessionPage: {
            /** @description The sessions. */
            sessions: components["schemas"]["Session"][];
        };
        /** @description What a session has left. */
        SessionPrevious: {
            /** @description What it would need to go on. Its tasks have gone back: its todos name them. */
            context: components["schemas"]["SessionMemory"];
            /** @description The session. */
            sessionId: string;
        };
        /** @description What a session was told. */
        SessionPrompt: {
            /** @description What. */
            prompt: string;
            /**
             * Format: int64
             * @description When, in milliseconds since 1970.
             */
            timestamp: number;
        };
        /**
         * @description Gives a session what it needs to go on: as it is now, or as a snapshot has it.
         *
         *     ```json
         *     {"sessionId": "s-1", "instanceId": "w-1"}
         *     ```
         */
        SessionRehydrate: {
            /**
             * Format: double
             * @description Only prompts and tools from then on, in milliseconds since 1970.
             * @default null
             */
            fromTimestamp?: number | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description The instance; registered if it is not. */
            instanceId: string;
            /**
             * @description How long the text for the agent may be, in tokens; 1,000 if absent.
             * @default null
             */
            maxTokens?: number | null;
            /** @description The session. */
            sessionId: string;
            /**
             * @description As this snapshot has it; as it is now if absent.
             * @default null
             */
            snapshotId?: string | null;
        };
        /** @description What a session needs to go on. */
        SessionRehydrated: {
            /** @description What it needs to go on. */
            context: components["schemas"]["SessionMemory"];
            /** @description Whether there was anything: false for a session that is not known, or a snapshot that it has not. */
            rehydrated: boolean;
            /** @description The session. */
            sessionId: string;
            /** @description The snapshot: the one that was asked for, or the last. */
            snapshot?: components["schemas"]["SnapshotFacts"] | null;
            /** @description The same as a text for the agent; absent when there is nothing to say. */
            text?: string | null;
        };
        /**
         * @description A session of an agent begins, or goes on: its instance is registered, and the answer tells what it needs
         *     to go on.
         *
         *     ```json
         *     {"sessionId": "s-1", "instanceId": "w-1", "projectDir": "/srv/site", "source": "startup"}
         *     ```
         */
        SessionStart: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description The instance; registered if it is not. */
            instanceId: string;
            /**
             * @description How long the text for the agent may be, in tokens; 1,000 if absent.
             * @default null
             */
            maxTokens?: number | null;
            /**
             * @description The folder that it works in.
             * @default null
             */
            projectDir?: string | null;
            /** @description The session. */
            sessionId: string;
            /**
             * @description Why: `startup`, `resume`, `clear`, `compact` or what its client calls it.
             * @default null
             */
            source?: string | null;
        };
        /** @description What a session did. */
        SessionState: {
            /** @description What it needs to go on, if asked for. */
            condensed?: components["schemas"]["SessionCondensed"] | null;
            /** @description Its events. */
            events: components["schemas"]["SessionEvent"][];
            /** @description The session. */
            sessionId: string;
            /** @description Their numbers, whatever the limit; of the first 10,000 at most. */
            summary?: components["schemas"]["SessionSummary"] | null;
        };
        /**
         * @description What a session did: its events, their numbers, and what it needs to go on.
         *
         *     ```json
         *     {"sessionId": "s-1", "condensed": true}
         *     ```
         */
        SessionStateGet: {
            /**
             * @description Whether to tell what it needs to go on.
             * @default false
             */
            condensed?: boolean;
            /**
             * @description Only events of these types: names, `hook.*`, or `*`.
             * @default null
             */
            eventTypes?: string[] | null;
            /**
             * Format: double
             * @description Only events from then on, in milliseconds since 1970.
             * @default null
             */
            fromTimestamp?: number | null;
            /**
             * @description The most events; 100 if absent.
             * @default null
             */
            limit?: number | null;
            /**
             * @description `asc`: from the first on, the default. `desc`: newest first.
             * @default null
             */
            order?: components["schemas"]["EventOrder"] | null;
            /** @description The session. */
            sessionId: string;
            /**
             * Format: double
             * @description Only events up to then.
             * @default null
             */
            toTimestamp?: number | null;
        };
        /** @description The numbers of a session's events. */
        SessionSummary: {
            /** @description How many of each type. */
            eventCounts: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description When the first was, in milliseconds since 1970.
             */
            firstEvent?: number | null;
            /**
             * Format: int64
             * @description When the last was.
             */
            lastEvent?: number | null;
            /**
             * Format: int64
             * @description How many there are.
             */
            totalEvents: number;
        };
        /** @description A task of a session. */
        SessionTask: {
            /** @description Since when it is the instance's. */
            assignedAt?: components["schemas"]["DateTime"] | null;
            /**
             * Format: int64
             * @description The fence under which it is held.
             */
            fence?: number | null;
            /** @description The task. */
            id: components["schemas"]["TaskId"];
            /** @description When its lease ends. */
            leaseExpiresAt?: components["schemas"]["DateTime"] | null;
            /**
             * Format: int64
             * @description Its priority.
             * @default 0
             */
            priority?: number;
            /** @description Where it stands. */
            status: components["schemas"]["Status"];
            /** @description What is to be done. */
            text: string;
        };
        /** @description A todo of a session. */
        SessionTodo: {
            /** @description The same, while it is done. */
            activeForm?: string | null;
            /** @description What is to be done. */
            content: string;
            /** @description Where it stands. */
            status: components["schemas"]["TodoState"];
            /** @description Its task. */
            taskId?: components["schemas"]["TaskId"] | null;
        };
        /** @description A tool that a session used. */
        SessionTool: {
            /**
             * Format: int64
             * @description How often.
             */
            count: number;
            /**
             * Format: int64
             * @description When last, in milliseconds since 1970.
             */
            lastUsed: number;
            /** @description The tool. */
            name: string;
        };
        /**
         * @description Keeps what a session needs to go on. `session.rehydrate` gives it back.
         *
         *     ```json
         *     {"sessionId": "s-1", "instanceId": "w-1", "reason": "checkpoint"}
         *     ```
         */
        SnapshotCreate: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description Events stay in the log, and are found by the session: nothing depends on this.
             * @default null
             */
            includeEvents?: boolean | null;
            /** @description The instance; registered if it is not. */
            instanceId: string;
            /**
             * @description What to keep beside it.
             * @default null
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /** @description Why. */
            reason: components["schemas"]["SnapshotReason"];
            /** @description The session. */
            sessionId: string;
        };
        /** @description The snapshot is kept. */
        SnapshotCreated: {
            /**
             * Format: int64
             * @description How many events the session had.
             */
            eventCount: number;
            /** @description The session. */
            sessionId: string;
            /**
             * Format: int64
             * @description How many bytes it has.
             */
            size: number;
            /** @description Its id. */
            snapshotId: string;
            /**
             * Format: int64
             * @description When it was made, in milliseconds since 1970.
             */
            timestamp: number;
        };
        /** @description A snapshot of a session. */
        SnapshotFacts: {
            /**
             * Format: int64
             * @description How many events the session had.
             */
            eventCount: number;
            /** @description Its id. */
            id: string;
            /**
             * Format: int64
             * @description When it was made, in milliseconds since 1970.
             */
            timestamp: number;
        };
        /** @description Why a snapshot is made. */
        SnapshotReason: "pre_compact" | "manual" | "checkpoint" | "error_recovery";
        /** @description Where a task stands. */
        Status: "pending" | "in_progress" | "completed" | "failed" | "cancelled";
        /** @description Who has the batch. */
        SystemBatchDone: {
            /**
             * Format: int64
             * @description How many items it has.
             */
            itemsProcessed: number;
            /** @description Whether it is the one that asks. */
            processed: boolean;
            /** @description The one that has it. */
            processorId: string;
        };
        /**
         * @description Takes a batch, so that only one of the instances that hold it processes it. The others learn
         *     who did.
         *
         *     ```json
         *     {"batchId": "nightly", "instanceId": "w-1", "items": [1, 2, 3]}
         *     ```
         */
        SystemBatchProcess: {
            /** @description The batch. */
            batchId: string;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description Who asks. */
            instanceId: string;
            /** @description Its items. */
            items: unknown[];
        };
        /**
         * @description Gives up the instances that were not heard of within the timeout: what they hold goes back.
         *     Happens by itself after 30 seconds of silence.
         *
         *     ```json
         *     {"timeout": 20000}
         *     ```
         */
        SystemCheckHealth: {
            /**
             * @description In milliseconds; 10,000 if absent.
             * @default null
             */
            timeout?: number | null;
        };
        /**
         * @description Lists the methods, with what each takes and answers.
         *
         *     ```json
         *     {"domain": "queue"}
         *     ```
         */
        SystemDiscover: {
            /**
             * @description Only methods of this domain, such as `task`.
             * @default null
             */
            domain?: string | null;
        };
        /** @description The methods. */
        SystemDiscovered: {
            /** @description The methods. */
            methods: components["schemas"]["MethodFacts"][];
        };
        /**
         * @description Deletes all tasks of the tenant, with their attachments. The event log stays. There is no way
         *     back but a backup.
         *
         *     ```json
         *     {"confirm": "FLUSH_ALL_DATA", "includePostgres": false}
         *     ```
         */
        SystemFlush: {
            /** @description Says that it is meant. */
            confirm: components["schemas"]["SystemFlushConfirm"];
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description The durable store, too: `false` deletes no task. `true` if absent.
             * @default null
             */
            includePostgres?: boolean | null;
        };
        /** @description The literal that says that it is meant. */
        SystemFlushConfirm: "FLUSH_ALL_DATA";
        /** @description What was deleted. */
        SystemFlushed: {
            /** @description What was durable. */
            postgres?: components["schemas"]["SystemFlushedTasks"] | null;
            /** @description What was coordinated and may be lost. */
            redis: components["schemas"]["SystemFlushedKeys"];
            /** @description When. */
            timestamp: components["schemas"]["DateTime"];
        };
        /** @description What was coordinated and may be lost: nothing that a flush concerns. */
        SystemFlushedKeys: {
            /** Format: int64 */
            keysDeleted: number;
            patterns: string[];
        };
        /** @description What was durable. */
        SystemFlushedTasks: {
            /**
             * Format: int64
             * @description How many tasks.
             */
            tasksDeleted: number;
        };
        /**
         * @description Shows what goes on: the newest tasks and events, and the instances. Tasks and events are left
         *     out for callers that may not read them.
         *
         *     ```json
         *     {}
         *     ```
         */
        SystemGetState: Record<string, never>;
        /**
         * @description Says how the server is: `unhealthy` when it cannot store anything, `degraded` when a replica lags or is
         *     away, when Redis cannot be reached, or when most of the registered instances fell silent with work in hand, which is about to be
         *     taken from them.
         *
         *     ```json
         *     {}
         *     ```
         */
        SystemHealth: Record<string, never>;
        /** @description Who is there, and who is not. */
        SystemHealthChecked: {
            /** @description Instances that were given up by this call. */
            failed: string[];
            /** @description Instances that are there. */
            healthy: string[];
            /** @description How many tasks each of those held. */
            reassigned: {
                [key: string]: number;
            };
        };
        /** @description How the server is. */
        SystemHealthFound: {
            /** @description The clusters of Redis over which data are spread, if there are several. */
            clusters?: components["schemas"]["ClusterFound"][];
            /** @description What is wrong, and what to do. */
            problem?: string | null;
            /** @description The replicas of the database, as this server sees them. */
            replicas?: components["schemas"]["ReplicaFound"][];
            /** @description What it needs, and whether that works. */
            services: components["schemas"]["SystemNeeds"];
            /** @description In a word. */
            status: components["schemas"]["HealthStatus"];
            /** @description The server's version. */
            version: string;
        };
        /**
         * @description Says that an instance lives; its leases are extended with it. When the answer is not alive, it
         *     must register again.
         *
         *     ```json
         *     {"instanceId": "w-1"}
         *     ```
         */
        SystemHeartbeat: {
            /** @description The instance. */
            instanceId: string;
        };
        /** @description Whether the instance is registered. */
        SystemHeartbeatDone: {
            /** @description Whether it is. */
            alive: boolean;
        };
        /** @description An instance. */
        SystemInstance: {
            /** @description Its id. */
            id: string;
            /** @description When it was last heard of, to within some seconds. */
            lastSeen: components["schemas"]["DateTime"];
            /**
             * Format: int64
             * @description How many tasks it holds now, counted to 1,000.
             */
            leases: number;
            /** @description There are at least `leases`; more were not counted. */
            leasesCapped?: boolean;
            /** @description What it said of itself. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /** @description Whether it is there: registered, and heard of by some server of late. */
            online: boolean;
            /** @description When it registered last. */
            registeredAt: components["schemas"]["DateTime"];
            /** @description The roles it works in. */
            roles: string[];
        };
        /** @description A page of instances. */
        SystemInstancePage: {
            /** @description The instances. */
            instances: components["schemas"]["SystemInstance"][];
            /** @description Pass it as `after` for the next page; absent when this is the last. */
            nextCursor?: string | null;
        };
        /**
         * @description Lists the instances, by id, a page at a time: those that are there, and those that have gone, which are
         *     remembered for a day. Go on with `nextCursor` as `after`. A page carries about 8 MiB: when they say
         *     much of themselves it ends early.
         *
         *     ```json
         *     {"online": true}
         *     ```
         */
        SystemInstances: {
            /**
             * @description Only those after this id: the `nextCursor` of the page before.
             * @default null
             */
            after?: string | null;
            /**
             * @description The most instances of a page; 100 if absent.
             * @default null
             */
            limit?: number | null;
            /**
             * @description `true`: only those that are there; `false`: only those that have gone.
             * @default null
             */
            online?: boolean | null;
        };
        /**
         * @description Counts what was done for the caller's tenant: calls and events since the server started, tasks
         *     and instances as they are now.
         *
         *     ```json
         *     {"detailed": true}
         *     ```
         */
        SystemMetrics: {
            /**
             * @description Everything, not only the summary.
             * @default null
             */
            detailed?: boolean | null;
        };
        /** @description Reads of tasks that are kept because they are asked for often, over all tenants. */
        SystemMetricsCache: {
            /** @description In percent; left out before the first read. */
            hitRate?: number | null;
            /** Format: uint64 */
            hits: number;
            /** Format: uint64 */
            misses: number;
            /** Format: uint64 */
            sets: number;
        };
        /** @description Calls by how they ended; nothing here trips. */
        SystemMetricsCircuitBreaker: {
            /** @description In percent. */
            successRate: number;
            /** Format: uint64 */
            totalFailures: number;
            /** Format: uint64 */
            totalSuccesses: number;
            /** Format: uint64 */
            totalTrips: number;
        };
        /** @description Counters by name: always empty. */
        SystemMetricsCounters: {
            circuit: {
                [key: string]: number;
            };
            ratelimit: {
                [key: string]: number;
            };
            timeout: {
                [key: string]: number;
            };
        };
        /** @description As it is now. */
        SystemMetricsCurrent: {
            /** Format: int64 */
            eventsTotal: number;
            /** Format: uint */
            instancesActive: number;
            /**
             * Format: int64
             * @description When the server started, in milliseconds since 1970.
             */
            metricsStartTime: number;
            /** Format: int64 */
            queueDepth: number;
            /** Format: int64 */
            tasksCompleted: number;
            /** Format: int64 */
            tasksInProgress: number;
            /** Format: int64 */
            tasksPending: number;
        };
        /** @description What was done. */
        SystemMetricsFound: {
            /** @description How long a call takes on average, in milliseconds. */
            averageLatency: number;
            cache?: components["schemas"]["SystemMetricsCache"];
            circuitBreaker?: components["schemas"]["SystemMetricsCircuitBreaker"];
            counters?: components["schemas"]["SystemMetricsCounters"];
            current?: components["schemas"]["SystemMetricsCurrent"];
            /**
             * Format: int64
             * @description Events written since the server started.
             */
            eventsProcessed: number;
            global?: components["schemas"]["SystemMetricsGlobal"];
            /** @description Each method that was called. */
            handlers?: {
                [key: string]: components["schemas"]["SystemMetricsHandler"];
            };
            /** Format: uint64 */
            mcpCalls?: number;
            /** @description Memory of the whole server, in megabytes. */
            memoryUsage: number;
            queue?: components["schemas"]["SystemMetricsQueue"];
            scaling?: components["schemas"]["SystemMetricsScaling"];
            systemHealthCheck?: components["schemas"]["SystemMetricsHealthCheck"];
            /**
             * Format: int64
             * @description Tasks that are completed.
             */
            tasksCompleted: number;
        };
        /** @description All in all. */
        SystemMetricsGlobal: {
            avgLatency: number;
            /** Format: uint64 */
            systemSuccess: number;
            /** Format: int64 */
            taskFailure: number;
            /** Format: int64 */
            taskSuccess: number;
            throughput: number;
            /** Format: int64 */
            totalEvents: number;
            /** Format: int64 */
            totalTasks: number;
        };
        /** @description The calls of one method. */
        SystemMetricsHandler: {
            /** @description In milliseconds. */
            avgResponseTime: number;
            /** @description Always `CLOSED`. */
            circuitState: string;
            /** Format: uint64 */
            errorCount: number;
            lastCalled?: components["schemas"]["DateTime"] | null;
            /** Format: uint64 */
            successCount: number;
            /** Format: uint64 */
            totalCalls: number;
        };
        /** @description When the instances were last looked at. */
        SystemMetricsHealthCheck: {
            /**
             * Format: int64
             * @description In milliseconds since 1970.
             */
            lastCheck: number;
        };
        /** @description What waits. */
        SystemMetricsQueue: {
            /**
             * Format: int64
             * @description Tasks that can be claimed now.
             */
            depth: number;
            /**
             * Format: int64
             * @description All pending tasks.
             */
            pending: number;
            /** @description Completions in a second. */
            throughput: number;
        };
        /** @description How the work is spread. */
        SystemMetricsScaling: {
            /**
             * Format: uint
             * @description Instances that are there.
             */
            instanceCount: number;
            /** @description Tasks in progress for each of them. */
            loadBalance: number;
            /**
             * Format: int64
             * @description Tasks in progress.
             */
            totalLoad: number;
        };
        /** @description What the server needs, under the names that clients know. */
        SystemNeeds: {
            /** @description Whether MCP is served. */
            mcp: boolean;
            /** @description The durable store: SQLite or PostgreSQL. */
            postgres: boolean;
            /** @description Coordination: presence and live events, in memory or in Redis; of several, all of them. */
            redis: boolean;
        };
        /**
         * @description Votes on a decision. It is made once more than half of all instances have voted alike; an
         *     instance's last vote counts.
         *
         *     ```json
         *     {"instanceId": "w-1", "decision": "release", "value": "yes", "totalInstances": 3}
         *     ```
         */
        SystemQuorumVote: {
            /** @description What is voted on. */
            decision: string;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description Who votes. */
            instanceId: string;
            /**
             * @description How many may vote in all; 3 if absent.
             * @default null
             */
            totalInstances?: number | null;
            /** @description For what. */
            value: string;
        };
        /** @description How the vote stands. */
        SystemQuorumVoted: {
            /** @description What was decided. */
            finalDecision?: string | null;
            /** @description Whether the decision is made. */
            quorumReached: boolean;
            /**
             * Format: int64
             * @description The votes for it, or for the value that leads.
             */
            voteCount: number;
            /** @description Always true. */
            voted: boolean;
        };
        /**
         * @description Registers an instance, so that it may claim tasks. It stays as long as it is heard of at least
         *     every 30 seconds; every call that names it counts.
         *
         *     ```json
         *     {"id": "w-1", "roles": ["backend"], "metadata": {"workingDirectory": "/srv/site"}}
         *     ```
         */
        SystemRegister: {
            /** @description Its id. */
            id: string;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description What it says of itself.
             * @default null
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /** @description The roles it works in. */
            roles: string[];
        };
        /** @description The instance is registered. */
        SystemRegistered: {
            /** @description Always true. */
            registered: boolean;
        };
        /**
         * @description Says how much there is to do for all servers together, and how many servers there should be, with the reasons:
         *     the input of an autoscaler. It takes the tenant `default`, as it counts what all tenants do.
         *
         *     ```json
         *     {}
         *     ```
         */
        SystemScaling: Record<string, never>;
        /** @description How many servers there should be. */
        SystemScalingAdvice: {
            /** @description `up`, `down` or `stay`. */
            action: string;
            /** @description Why. */
            reasons: string[];
            /**
             * Format: uint32
             * @description How many servers there should be.
             */
            servers: number;
        };
        /** @description What there is to do, and what is advised. */
        SystemScalingFound: {
            /** @description What is advised. */
            advice: components["schemas"]["SystemScalingAdvice"];
            /**
             * Format: uint64
             * @description Open connections.
             */
            connections: number;
            /**
             * Format: int64
             * @description How long the oldest ready task of the tenant `default` has waited, in milliseconds.
             */
            oldestReadyAgeMs?: number | null;
            /**
             * Format: int64
             * @description Tasks that can be claimed now.
             */
            queued: number;
            /**
             * @description The same for each role, the longest queue first: at most 100 roles, of the first 1,000 lanes (tasks
             *     with the same project, roles and tags), and of each lane at most 1,000 tasks. A task of several
             *     roles counts for each; counted every two seconds at most.
             */
            queues: components["schemas"]["SystemScalingQueue"][];
            /**
             * Format: int64
             * @description Tasks that somebody works on.
             */
            running: number;
            /** @description Running tasks for each server. */
            runningPerServer: number;
            /**
             * Format: uint32
             * @description Servers that are there.
             */
            servers: number;
            /**
             * Format: int64
             * @description For how long there have been as many, in milliseconds, as far as this server has seen.
             */
            unchangedMs: number;
            /** @description What went on in the last minutes, over all servers. */
            windows: components["schemas"]["SystemScalingWindow"][];
        };
        /** @description How much a role has to do. */
        SystemScalingQueue: {
            /**
             * Format: int64
             * @description Tasks that can be claimed now.
             */
            queued: number;
            /** @description The role; none for the tasks that anybody may claim. */
            role?: string | null;
        };
        /** @description What went on in the last minutes. */
        SystemScalingWindow: {
            /** @description How long a call took on average, in milliseconds. */
            averageMs: number;
            /**
             * Format: uint64
             * @description Calls.
             */
            calls: number;
            /** @description The part of them that failed, 0 to 1. */
            errorRate: number;
            /**
             * Format: uint64
             * @description Those that failed.
             */
            errors: number;
            /**
             * Format: int64
             * @description How many minutes.
             */
            minutes: number;
            /**
             * Format: int64
             * @description The time that 95 of 100 calls did not exceed, in milliseconds.
             */
            p95Ms?: number | null;
        };
        /** @description A server. */
        SystemServer: {
            /** @description The address from which the database sees it, or the pooler before it. */
            address?: string | null;
            /** @description Whether it is the one that answers. */
            answers: boolean;
            /** @description By what it is known; a server over PostgreSQL, and each of its processes, has another one after each start. */
            id: string;
            /** @description When it last said that it is there, which it does every few seconds. */
            lastSeen: components["schemas"]["DateTime"];
            /** @description When it started, of the one that answers. */
            startedAt?: components["schemas"]["DateTime"] | null;
            /** @description Its version. */
            version: string;
        };
        /**
         * @description Lists the servers that share this store, and says which of them answers. It takes the tenant `default`, as
         *     they serve all tenants.
         *
         *     ```json
         *     {}
         *     ```
         */
        SystemServers: Record<string, never>;
        /** @description The servers that share a store. */
        SystemServersFound: {
            /**
             * @description Those that were heard of in the last minute: the one that answers first, then by id; 1,000 at most.
             *     Over the embedded store, there is this one alone.
             */
            servers: components["schemas"]["SystemServer"][];
        };
        /** @description A setting. */
        SystemSetting: {
            /** @description Whether something of the value is hidden. */
            hidden: boolean;
            /** @description Its name, such as `limits.batch`. */
            name: string;
            /** @description What set it. */
            origin: components["schemas"]["SystemSettingOrigin"];
            /** @description Where exactly: a file with its line, a variable, a flag. */
            place?: string | null;
            /** @description Its value: a number, a text, true or false, or a list of texts; with `***` for what is secret. */
            value: unknown;
        };
        /** @description What set a setting. */
        SystemSettingOrigin: "default" | "file" | "environment" | "command_line";
        /**
         * @description Lists the settings in force of the server that answers, and where each comes from; what is secret is hidden. It
         *     takes the tenant `default`, as the server is not one tenant's.
         *
         *     ```json
         *     {}
         *     ```
         */
        SystemSettings: Record<string, never>;
        /** @description The settings in force. */
        SystemSettingsFound: {
            /** @description Every setting that there is, in the order of `claudebench config default`. */
            settings: components["schemas"]["SystemSetting"][];
        };
        /** @description What goes on. Empty lists are left out. */
        SystemState: {
            /**
             * @description The instances, at most 100 and about 8 MiB, those that are there first: every field as text,
             *     `roles` and `metadata` as JSON.
             */
            instances?: {
                [key: string]: string;
            }[];
            /** @description The newest events, at most 10. */
            recentEvents?: components["schemas"]["Event"][];
            /** @description The newest tasks, at most 10: every field as text. */
            tasks?: {
                [key: string]: string;
            }[];
        };
        /**
         * @description Ends a registration. What the instance holds, or has parked on it, goes back at once.
         *
         *     ```json
         *     {"instanceId": "w-1", "sessionId": "s-1", "timestamp": 1763913600007}
         *     ```
         */
        SystemUnregister: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description The instance. */
            instanceId: string;
            /** @description Its session. */
            sessionId: string;
            /**
             * Format: double
             * @description When it ended, in milliseconds since 1970.
             */
            timestamp: number;
        };
        /** @description The registration has ended. */
        SystemUnregistered: {
            /**
             * Format: int64
             * @description How many tasks went back.
             */
            tasksReassigned: number;
            /** @description Always true; also when there was no such instance. */
            unregistered: boolean;
        };
        /** @description A task. */
        Task: {
            /** @description Whether it was moved to the archive: it can be read, and changed only after it was put back. */
            archived?: boolean;
            /** @description When it was parked or claimed. */
            assignedAt?: components["schemas"]["DateTime"] | null;
            /** @description Who holds it, or on whom it is parked. */
            assignedTo?: string | null;
            /**
             * Format: int64
             * @description How many attachments it has.
             * @default 0
             */
            attachmentCount?: number;
            /**
             * @description The keys of its attachments, at most 20.
             * @default []
             */
            attachmentKeys?: string[];
            /** @description With a claim: its attachments by key. */
            attachments?: {
                [key: string]: components["schemas"]["ClaimedAttachment"];
            } | null;
            /**
             * Format: int64
             * @description The attempts so far, the current one included.
             */
            attempt: number;
            /** @description How long it waits after a failed attempt. */
            backoff?: components["schemas"]["Backoff"] | null;
            /** @description When its worker was asked to stop. */
            cancelRequestedAt?: components["schemas"]["DateTime"] | null;
            /** @description What the last attempt left for the next one. */
            checkpoint?: unknown;
            /** @description When it ended. */
            completedAt?: components["schemas"]["DateTime"] | null;
            /** @description Who ended it. */
            completedBy?: string | null;
            /** @description When it was made. */
            createdAt: components["schemas"]["DateTime"];
            /** @description Who made it. */
            createdBy: string;
            /**
             * @description Whether it is a dead letter: failed, and put back only by task.retry or task.redrive.
             * @default false
             */
            dead?: boolean;
            /**
             * Format: int64
             * @description How long one attempt may take in all, in milliseconds.
             */
            deadlineMs?: number | null;
            /** @description The tasks that it depends on. Not filled in by task.list and task.claim. */
            dependsOn?: components["schemas"]["TaskId"][];
            /** @description The error's text, if it failed. */
            error?: string | null;
            /** @description Its id. */
            id: components["schemas"]["TaskId"];
            /** @description The lease of the worker that holds it. */
            lease?: components["schemas"]["Lease"] | null;
            /**
             * Format: int64
             * @description The lease it asks for, in milliseconds.
             */
            leaseMs?: number | null;
            /**
             * Format: int64
             * @description How many workers were lost over it.
             * @default 0
             */
            losses?: number;
            /**
             * Format: int64
             * @description The most attempts.
             */
            maxAttempts: number;
            /**
             * @description The fields that were given with it; of a finished task also `duration` (milliseconds since
             *     it was made), `completedBy` and `resultSize`.
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /** @description The last note reported. */
            note?: string | null;
            /**
             * Format: int64
             * @description How many of them are not completed.
             * @default 0
             */
            openDependencies?: number;
            /** @description The task that it is a part of. */
            parentId?: components["schemas"]["TaskId"] | null;
            /**
             * Format: int64
             * @description 0 to 100, highest first.
             */
            priority: number;
            /** @description The last progress reported, 0 to 1. */
            progress?: number | null;
            /** @description Its project. */
            project?: string | null;
            /** @description The reason of the last failed attempt, loss or cancellation. */
            reason?: string | null;
            /** @description What came out of it. */
            result?: unknown;
            /**
             * @description The attachment that holds its result.
             * @default null
             */
            resultAttachment?: components["schemas"]["ResultAttachment"] | null;
            /**
             * @description Who may claim it: workers with one of these roles; everybody if there are none.
             * @default []
             */
            roles?: string[];
            /** @description Not before this time. */
            runAt?: components["schemas"]["DateTime"] | null;
            /** @description When the current or last attempt began. */
            startedAt?: components["schemas"]["DateTime"] | null;
            /** @description Where it stands. */
            status: components["schemas"]["Status"];
            /**
             * @description Its tags.
             * @default []
             */
            tags?: string[];
            /** @description What is to be done. */
            text: string;
            /** @description The W3C trace context in which it was made: continue it in the work. */
            traceparent?: string | null;
            /** @description At most one live task has this key. */
            uniqueKey?: string | null;
            /** @description When it last changed. */
            updatedAt: components["schemas"]["DateTime"];
            /**
             * Format: int64
             * @description How many events it has had.
             */
            version: number;
        };
        /**
         * @description Parks a task on an instance: nobody else may claim it.
         *
         *     ```json
         *     {"taskId": "t-1", "instanceId": "w-1"}
         *     ```
         */
        TaskAssign: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description The instance. It must be registered. */
            instanceId: string;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
        };
        /** @description The task is parked. */
        TaskAssigned: {
            /** @description When. */
            assignedAt: components["schemas"]["DateTime"];
            /** @description The instance. */
            instanceId: string;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
        };
        /**
         * @description Calls a task off. One that nobody works on is cancelled at once; the worker of one in progress
         *     is told with its next heartbeat, and has a grace to stop before the task is taken away.
         *
         *     ```json
         *     {"id": "t-1", "reason": "no longer needed"}
         *     ```
         */
        TaskCancel: {
            /**
             * @description What becomes of the tasks that wait for it, also when it is cancelled already; if absent,
             *     what was asked for before, else `keep`.
             * @default null
             */
            dependents?: components["schemas"]["Dependents"] | null;
            /**
             * @description How long its worker has to stop; 30,000 milliseconds if absent, 0 for none.
             * @default null
             */
            graceMs?: number | null;
            /**
             * @description The task.
             * @default null
             */
            id?: components["schemas"]["TaskId"] | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description Why.
             * @default null
             */
            reason?: string | null;
            /**
             * @description The same as `id`.
             * @default null
             */
            taskId?: components["schemas"]["TaskId"] | null;
        };
        /** @description Where the task stands. */
        TaskCancelled: {
            /** @description Tasks that waited for it and were cancelled too; the first thousand of them. */
            alsoCancelled: components["schemas"]["TaskId"][];
            /**
             * Format: uint
             * @description How many there are.
             */
            alsoCancelledCount: number;
            /** @description When the task is taken from its worker. */
            graceEndsAt?: components["schemas"]["DateTime"] | null;
            /** @description The task. */
            id: components["schemas"]["TaskId"];
            /** @description Tasks that waited for it and wait no longer; the first thousand of them. */
            released: components["schemas"]["TaskId"][];
            /**
             * Format: uint
             * @description How many there are.
             */
            releasedCount: number;
            /** @description `cancelled`, or `in_progress` while its worker has grace. */
            status: components["schemas"]["Status"];
        };
        /**
         * @description Claims ready tasks for a registered worker, best first, and leases them to it: priority from
         *     high to low, then age. Extend a lease with task.heartbeat, end it with task.complete, task.fail
         *     or task.release.
         *
         *     ```json
         *     {"workerId": "w-1", "maxTasks": 2, "waitMs": 100}
         *     ```
         */
        TaskClaim: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description For so many milliseconds, instead of the tasks' own or the default. It then outlasts a
             *     silence of the worker's instance.
             * @default null
             */
            leaseMs?: number | null;
            /**
             * @description The most tasks; 1 if absent. An answer has room for about 8 MiB of them, attachments aside:
             *     what does not fit stays ready.
             * @default null
             */
            maxTasks?: number | null;
            /**
             * @description Only tasks of this project.
             * @default null
             */
            project?: string | null;
            /**
             * @description The roles to work in, instead of those of the registration.
             * @default null
             */
            roles?: string[] | null;
            /**
             * @description Only tasks that carry all of these tags.
             * @default null
             */
            tags?: string[] | null;
            /**
             * @description Claim this task and no other: refused, with the reason, when it is not to be had now.
             * @default null
             */
            taskId?: components["schemas"]["TaskId"] | null;
            /**
             * @description How long to wait for a task when none is ready; 0 if absent.
             * @default null
             */
            waitMs?: number | null;
            /** @description Who will work on them. Registered by system.register. */
            workerId: string;
        };
        /**
         * @description Ends a task: completed, or failed for good when it carries `error` or the status `failed`. With
         *     the `fence` of the lease, a report that comes too late is refused with `stale_fence`. The
         *     result is also kept as the attachment `result`.
         *
         *     ```json
         *     {"id": "t-1", "workerId": "w-1", "result": {"files": 3}}
         *     ```
         */
        TaskComplete: {
            /**
             * @description What went wrong: the task ends as failed, and is not tried again.
             * @default null
             */
            error?: string | null;
            /**
             * Format: int64
             * @description The fencing token of the lease.
             * @default null
             */
            fence?: number | null;
            /**
             * @description The task.
             * @default null
             */
            id?: components["schemas"]["TaskId"] | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description What came out of it.
             * @default null
             */
            result?: unknown;
            /**
             * @description `failed`: the task ends as failed, and is not tried again.
             * @default null
             */
            status?: components["schemas"]["Completion"] | null;
            /**
             * @description The same as `id`.
             * @default null
             */
            taskId?: components["schemas"]["TaskId"] | null;
            /**
             * @description Who reports. Without a fence, it must hold the task.
             * @default null
             */
            workerId?: string | null;
        };
        /** @description One of the tasks to end; see task.complete. */
        TaskCompleteItem: {
            /**
             * @description What went wrong: the task ends as failed, and is not tried again.
             * @default null
             */
            error?: string | null;
            /**
             * Format: int64
             * @description The fencing token of the lease.
             * @default null
             */
            fence?: number | null;
            /**
             * @description The task.
             * @default null
             */
            id?: components["schemas"]["TaskId"] | null;
            /**
             * @description What came out of it.
             * @default null
             */
            result?: unknown;
            /**
             * @description `failed`: the task ends as failed, and is not tried again.
             * @default null
             */
            status?: components["schemas"]["Completion"] | null;
            /**
             * @description The same as `id`.
             * @default null
             */
            taskId?: components["schemas"]["TaskId"] | null;
        };
        /**
         * @description Ends up to 1,000 tasks in one go. Each stands alone: one that is refused changes nothing for
         *     the others, and the answer says which.
         *
         *     ```json
         *     {"workerId": "w-1", "items": [{"id": "t-1", "result": {"files": 3}}]}
         *     ```
         */
        TaskCompleteMany: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description The tasks. */
            items: components["schemas"]["TaskCompleteItem"][];
            /**
             * @description Who reports.
             * @default null
             */
            workerId?: string | null;
        };
        /** @description The task has ended. */
        TaskCompleted: {
            /**
             * Format: int64
             * @description The attempt that ended.
             */
            attempt: number;
            /** @description When. */
            completedAt: components["schemas"]["DateTime"];
            /** @description The task. */
            id: components["schemas"]["TaskId"];
            /** @description The same report came before; nothing was done again. */
            repeated?: boolean;
            /** @description How it ended. */
            status: components["schemas"]["Status"];
        };
        /** @description What became of one report. */
        TaskCompletedItem: {
            /** @description When. */
            completedAt?: components["schemas"]["DateTime"] | null;
            /** @description Why it was refused. */
            error?: components["schemas"]["ItemError"] | null;
            /** @description The task. */
            id: components["schemas"]["TaskId"];
            /** @description Whether the report was accepted. */
            ok: boolean;
            /** @description The same report came before; nothing was done again. */
            repeated?: boolean;
            /** @description How the task ended. */
            status?: components["schemas"]["Status"] | null;
        };
        /** @description How many tasks there are. */
        TaskCounts: {
            /**
             * Format: int64
             * @description Pending: those that wait for other tasks.
             */
            blocked: number;
            /**
             * Format: int64
             * @description Those that were called off.
             */
            cancelled: number;
            /**
             * Format: int64
             * @description Those that are done.
             */
            completed: number;
            /**
             * Format: int64
             * @description Failed: the dead letters.
             */
            dead: number;
            /**
             * Format: int64
             * @description Those that ended without success.
             */
            failed: number;
            /**
             * Format: int64
             * @description Those that are held by a worker.
             */
            inProgress: number;
            /**
             * Format: int64
             * @description How long it has waited, in milliseconds.
             */
            oldestReadyAgeMs?: number | null;
            /** @description When the oldest ready task was made. */
            oldestReadyAt?: components["schemas"]["DateTime"] | null;
            /**
             * Format: int64
             * @description Those that wait.
             */
            pending: number;
            /**
             * Format: int64
             * @description Pending: those that can be claimed now.
             */
            ready: number;
            /**
             * Format: int64
             * @description Pending: those whose time has not come.
             */
            scheduled: number;
            /**
             * Format: int64
             * @description All of them.
             */
            total: number;
        };
        /**
         * @description Makes a task. It is ready at once, unless it has to wait for a time or for other tasks.
         *
         *     ```json
         *     {"text": "Write the release notes", "priority": 70, "metadata": {"branch": "main"}}
         *     ```
         */
        TaskCreate: {
            /**
             * @description How long it waits after a failed attempt; from a second, doubling, to 15 minutes,
             *     with full jitter, if absent.
             * @default null
             */
            backoff?: components["schemas"]["Backoff"] | null;
            /**
             * @description How long one attempt may take in all, in milliseconds, heartbeats or not.
             * @default null
             */
            deadlineMs?: number | null;
            /**
             * @description Instead of `runAt`: not before so many milliseconds from now.
             * @default null
             */
            delayMs?: number | null;
            /**
             * @description The tasks that must be completed before.
             * @default null
             */
            dependsOn?: components["schemas"]["TaskId"][] | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description How long a worker may be silent before the task goes back; 300,000 milliseconds if
             *     absent.
             * @default null
             */
            leaseMs?: number | null;
            /**
             * @description How often it is tried before it is a dead letter; 5 if absent.
             * @default null
             */
            maxAttempts?: number | null;
            /**
             * @description Any fields of your own; they come back with the task.
             * @default null
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description What to do when a live task has the same unique key; `reject` if absent.
             * @default null
             */
            onDuplicate?: components["schemas"]["OnDuplicate"] | null;
            /**
             * @description The task that it is a part of.
             * @default null
             */
            parentId?: components["schemas"]["TaskId"] | null;
            /**
             * @description 0 to 100, highest first; 50 if absent.
             * @default null
             */
            priority?: number | null;
            /**
             * @description Its project.
             * @default null
             */
            project?: string | null;
            /**
             * @description Who may claim it: workers with one of these roles; everybody if there are none.
             * @default null
             */
            roles?: string[] | null;
            /**
             * @description Not before this time.
             * @default null
             */
            runAt?: components["schemas"]["DateTime"] | null;
            /**
             * @description Tags, to filter claims and lists by.
             * @default null
             */
            tags?: string[] | null;
            /** @description What is to be done. */
            text: string;
            /**
             * @description At most one live task has this key.
             * @default null
             */
            uniqueKey?: string | null;
        };
        /**
         * @description Makes up to 1,000 tasks: all of them, or none if one is refused. They may depend on each other,
         *     by the `key` that each has in this call.
         *
         *     ```json
         *     {"tasks": [{"key": "build", "text": "Build the site"},
         *                {"key": "check", "text": "Check the links", "dependsOn": ["build"]}]}
         *     ```
         */
        TaskCreateMany: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description The tasks. */
            tasks: components["schemas"]["NewTask"][];
        };
        /** @description A task that was made. */
        TaskCreated: {
            /** @description When it was made. */
            createdAt: components["schemas"]["DateTime"];
            /** @description It lived already under the unique key; nothing was made. */
            existing?: boolean;
            /** @description Its id. */
            id: components["schemas"]["TaskId"];
            /** @description The name that it has in this call. */
            key?: string | null;
            /**
             * Format: int64
             * @description 0 to 100, highest first.
             */
            priority: number;
            /** @description Where it stands. */
            status: components["schemas"]["Status"];
            /** @description What is to be done. */
            text: string;
        };
        /**
         * @description Deletes a task with its attachments. Its events stay in the log. Refused while other tasks wait
         *     for it.
         *
         *     ```json
         *     {"id": "t-1"}
         *     ```
         */
        TaskDelete: {
            /** @description The task. */
            id: components["schemas"]["TaskId"];
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
        };
        /** @description The task is gone. */
        TaskDeleted: {
            /** @description Always true. */
            deleted: boolean;
            /** @description When. */
            deletedAt: components["schemas"]["DateTime"];
            /** @description The task. */
            id: components["schemas"]["TaskId"];
        };
        /**
         * @description Says what up to 1,000 tasks depend on, or which tasks still wait for them, as the edges of a graph. Ids that
         *     do not exist, or whose task was moved to the archive, are left out.
         *
         *     ```json
         *     {"ids": ["t-1"]}
         *     ```
         */
        TaskDependencies: {
            /** @description The tasks. */
            ids: components["schemas"]["TaskId"][];
            /**
             * @description Say which tasks still wait for them, instead of what they depend on.
             * @default false
             */
            waiting?: boolean;
        };
        /** @description A task depends on another one. */
        TaskEdge: {
            /** @description What it depends on. That may not be among the tasks asked for. */
            dependsOn: components["schemas"]["TaskId"];
            /** @description Whether it waits for that no more: it was completed, or called off in a way that lets others go on. */
            done: boolean;
            /** @description The task. */
            task: components["schemas"]["TaskId"];
        };
        /**
         * @description Says why a task is not being worked on: what it waits for, who could claim it, and how many
         *     come before it.
         *
         *     ```json
         *     {"id": "t-1"}
         *     ```
         */
        TaskExplain: {
            /**
             * @description The task.
             * @default null
             */
            id?: components["schemas"]["TaskId"] | null;
            /**
             * @description The same as `id`.
             * @default null
             */
            taskId?: components["schemas"]["TaskId"] | null;
        };
        /** @description Why a task is where it is. */
        TaskExplanation: {
            /**
             * Format: int64
             * @description How many ready tasks come before it, counted to 1,000.
             */
            ahead?: number | null;
            /** @description Each thing that holds it back; empty when nothing does. */
            because: components["schemas"]["TaskReason"][];
            /** @description Whether a claim can take it now. */
            claimable: boolean;
            /** @description The task. */
            id: components["schemas"]["TaskId"];
            /** @description The lease of the worker that holds it. */
            lease?: components["schemas"]["Lease"] | null;
            /** @description Where it stands. */
            status: components["schemas"]["Status"];
            /** @description In a sentence. */
            summary: string;
        };
        /**
         * @description Reports that an attempt failed. The task is tried again after its backoff, unless trying again
         *     cannot help or its attempts are spent: then it is a dead letter.
         *
         *     ```json
         *     {"id": "t-1", "workerId": "w-1", "reason": "unavailable", "error": "the registry answers 503"}
         *     ```
         */
        TaskFail: {
            /**
             * @description What went wrong.
             * @default null
             */
            error?: string | null;
            /**
             * Format: int64
             * @description The fencing token of the lease.
             * @default null
             */
            fence?: number | null;
            /**
             * @description The task.
             * @default null
             */
            id?: components["schemas"]["TaskId"] | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description The kind of failure; `error` if absent.
             * @default null
             */
            reason?: components["schemas"]["FailReason"] | null;
            /**
             * @description Try again after so many milliseconds, instead of the backoff.
             * @default null
             */
            retryAfterMs?: number | null;
            /**
             * @description Whether trying again may help; if absent, the reason decides.
             * @default null
             */
            retryable?: boolean | null;
            /**
             * @description Counts neither as an attempt nor as a loss: a provider asks to come back later.
             * @default null
             */
            snooze?: boolean | null;
            /**
             * @description The same as `id`.
             * @default null
             */
            taskId?: components["schemas"]["TaskId"] | null;
            /**
             * @description Who reports. Without a fence, it must hold the task.
             * @default null
             */
            workerId?: string | null;
        };
        /**
         * @description Reads a task, with its lease, its result, and what it depends on; `archived` says that it was moved
         *     to the archive.
         *
         *     ```json
         *     {"id": "t-1"}
         *     ```
         */
        TaskGet: {
            /**
             * @description The task.
             * @default null
             */
            id?: components["schemas"]["TaskId"] | null;
            /**
             * @description The same as `id`.
             * @default null
             */
            taskId?: components["schemas"]["TaskId"] | null;
        };
        /** @description What tasks depend on. */
        TaskGraph: {
            /** @description The edges, at most 10,000: in the order in which the tasks were asked for, each once. */
            edges: components["schemas"]["TaskEdge"][];
            /** @description There are more edges than are shown. */
            truncated?: boolean;
        };
        /**
         * @description Extends a lease, and says how far the work is. The answer says whether the task was called off:
         *     then stop, and report with task.release or task.fail.
         *
         *     ```json
         *     {"id": "t-1", "workerId": "w-1", "progress": 0.4, "note": "running the tests"}
         *     ```
         */
        TaskHeartbeat: {
            /**
             * @description What the next attempt should know, if this one fails. Any JSON.
             * @default null
             */
            checkpoint?: unknown;
            /**
             * Format: int64
             * @description The fencing token of the lease.
             * @default null
             */
            fence?: number | null;
            /**
             * @description The task.
             * @default null
             */
            id?: components["schemas"]["TaskId"] | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description Extends by so many milliseconds from now, instead of the lease's own length.
             * @default null
             */
            leaseMs?: number | null;
            /**
             * @description What is being done.
             * @default null
             */
            note?: string | null;
            /**
             * @description How much is done, 0 to 1.
             * @default null
             */
            progress?: number | null;
            /**
             * @description The same as `id`.
             * @default null
             */
            taskId?: components["schemas"]["TaskId"] | null;
            /**
             * @description Who works on it. Without a fence, it must hold the task.
             * @default null
             */
            workerId?: string | null;
        };
        /** @description The lease goes on. */
        TaskHeartbeatDone: {
            /** @description Why it was called off. */
            cancelReason?: string | null;
            /** @description The task was called off: stop. */
            cancelled: boolean;
            /** @description When it is taken away, stopped or not. */
            graceEndsAt?: components["schemas"]["DateTime"] | null;
            /** @description The task. */
            id: components["schemas"]["TaskId"];
            /** @description The lease as it is now. */
            lease: components["schemas"]["Lease"];
        };
        /**
         * @description Tells all that happened to a task, in order: who, what, when, in which attempt. Events past their
         *     retention are gone, unless they are in the archive: `olderGone` says so. A deleted task has its history as long as the log keeps
         *     it.
         *
         *     ```json
         *     {"id": "t-1"}
         *     ```
         */
        TaskHistory: {
            /**
             * @description Only events after this place: `next` of the page before.
             * @default null
             */
            after?: components["schemas"]["Cursor"] | null;
            /**
             * @description The task.
             * @default null
             */
            id?: components["schemas"]["TaskId"] | null;
            /**
             * @description The most events of a page; 100 if absent.
             * @default null
             */
            limit?: number | null;
            /**
             * @description The same as `id`.
             * @default null
             */
            taskId?: components["schemas"]["TaskId"] | null;
        };
        /** @description A page of what happened to a task. */
        TaskHistoryPage: {
            /** @description The events. */
            events: components["schemas"]["Event"][];
            /** @description Whether there was more when the page was read. */
            hasMore: boolean;
            /** @description Where to go on: pass it as `after`. */
            next: components["schemas"]["Cursor"];
            /** @description On the first page: events before these are past their retention, and gone. */
            olderGone?: boolean;
        };
        /** @description A task's id: `t-` and a positive integer, ascending in time. */
        TaskId: string;
        /**
         * @description Lists tasks, a page at a time. Every filter that is given must hold. Go on with `nextCursor` as
         *     `after`, which stays right while tasks come and go, or with `offset`. A page carries about 8 MiB:
         *     when the tasks are large it ends early, `hasMore` says so, and the next page begins where it
         *     ended; results that do not fit are left out: `resultAttachment` says so.
         *
         *     Lists in the order of `createdAt` with at most one of `assignedTo`, `tag`, `role` and `parentId`,
         *     or with `status`, `project` and `dead`, are answered from an index. Others sort or search, and
         *     few of them may wait: then `overloaded` says when to come back.
         *
         *     ```json
         *     {"status": "pending", "orderBy": "queue", "limit": 20}
         *     ```
         */
        TaskList: {
            /**
             * @description Continues after the last task of the page before: its `nextCursor`. Instead of `offset`.
             * @default null
             */
            after?: string | null;
            /**
             * @description Only tasks that this worker holds, or that are parked on it.
             * @default null
             */
            assignedTo?: string | null;
            /**
             * @description `true`: only dead letters; `false`: none of them.
             * @default null
             */
            dead?: boolean | null;
            /**
             * @description The most tasks of a page; 100 if absent.
             * @default null
             */
            limit?: number | null;
            /**
             * @description Without the first so many; 0 if absent.
             * @default null
             */
            offset?: number | null;
            /**
             * @description In which direction; `desc` if absent, but `asc` in the order of `queue`: what is claimed first
             *     comes first.
             * @default null
             */
            order?: components["schemas"]["TaskOrder"] | null;
            /**
             * @description What the list is ordered by; `createdAt` if absent. `queue`, for pending tasks: as claims take
             *     them, that is by priority and then by age, or as `tasks.aging_step_ms` has it; those that wait for their
             *     time, for others or on a worker stand among them.
             * @default null
             */
            orderBy?: components["schemas"]["TaskOrderBy"] | null;
            /**
             * @description Only parts of this task.
             * @default null
             */
            parentId?: components["schemas"]["TaskId"] | null;
            /**
             * @description Only tasks with this priority.
             * @default null
             */
            priority?: number | null;
            /**
             * @description Only tasks of this project.
             * @default null
             */
            project?: string | null;
            /**
             * @description Only tasks that are for this role.
             * @default null
             */
            role?: string | null;
            /**
             * @description Only tasks whose text has all these words; `rel*` is any word that begins so.
             * @default null
             */
            search?: string | null;
            /**
             * @description Only tasks with this status.
             * @default null
             */
            status?: components["schemas"]["Status"] | null;
            /**
             * @description Only tasks with this tag.
             * @default null
             */
            tag?: string | null;
        };
        /** @description A task that cannot be put back. */
        TaskNotRedriven: {
            /** @description Why. */
            error: components["schemas"]["ItemError"];
            /** @description The task. */
            id: components["schemas"]["TaskId"];
        };
        /**
         * @description In which direction.
         * @enum {string}
         */
        TaskOrder: "asc" | "desc";
        /**
         * @description What a list is ordered by.
         * @enum {string}
         */
        TaskOrderBy: "createdAt" | "updatedAt" | "priority" | "status" | "assignedTo" | "queue";
        /** @description A page of tasks. */
        TaskPage: {
            /** @description Whether there are more. */
            hasMore: boolean;
            /** @description Pass it as `after` for the next page. */
            nextCursor?: string | null;
            /** @description The tasks. */
            tasks: components["schemas"]["Task"][];
            /**
             * @description There are at least `totalCount`; more were not counted. So many tasks are looked at where no
             *     count is kept: 10,000.
             */
            totalCapped?: boolean;
            /**
             * Format: int64
             * @description How many tasks the filters hold for.
             */
            totalCount: number;
        };
        /** @description One thing that holds a task back. */
        TaskReason: {
            /** @constant */
            kind: "ended";
            /** @description How. */
            status: components["schemas"]["Status"];
        } | {
            /** @constant */
            kind: "held";
            /** @description Who. */
            workerId: string;
        } | {
            /** @description The task. */
            id: components["schemas"]["TaskId"];
            /** @constant */
            kind: "blocked_by";
            /** @description Where that one stands. */
            status: components["schemas"]["Status"];
            /** @description What that one is. */
            text: string;
        } | {
            /** @constant */
            kind: "not_before";
            /** @description The time. */
            runAt: components["schemas"]["DateTime"];
        } | {
            /** @constant */
            kind: "paused";
            /** @description Why. */
            reason?: string | null;
            /** @description What is held back. */
            scope: components["schemas"]["PauseScope"];
            /** @description When it ends by itself. */
            until?: components["schemas"]["DateTime"] | null;
        } | {
            /** @description The instance. */
            instanceId: string;
            /** @constant */
            kind: "parked_on";
            /** @description Whether that is there. */
            online: boolean;
        } | {
            /** @constant */
            kind: "no_worker_with_role";
            /** @description Its roles. */
            roles: string[];
        } | {
            /** @constant */
            kind: "no_worker";
        } | {
            /** @constant */
            kind: "workers_paused";
            /** @description These workers; 10 at most. */
            workerIds: string[];
        };
        /**
         * @description Puts dead letters back to be done again, oldest first: those that are named, or those that the
         *     filters hold for.
         *
         *     ```json
         *     {"reason": "unavailable", "limit": 50}
         *     ```
         */
        TaskRedrive: {
            /**
             * @description Not before so many milliseconds from now.
             * @default null
             */
            delayMs?: number | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description Only these tasks. Each that cannot be put back is refused with its reason; the others are.
             * @default null
             */
            ids?: components["schemas"]["TaskId"][] | null;
            /**
             * @description The most tasks; 100 if absent, or as many as are named. Those past it stay as they are. Of
             *     those that are not named, each that is refused counts.
             * @default null
             */
            limit?: number | null;
            /**
             * @description With this priority instead of their own.
             * @default null
             */
            priority?: number | null;
            /**
             * @description Only tasks of this project.
             * @default null
             */
            project?: string | null;
            /**
             * @description Only tasks that failed for this reason, such as `unavailable` or `lease_expired`.
             * @default null
             */
            reason?: string | null;
            /**
             * @description Only tasks with this tag.
             * @default null
             */
            tag?: string | null;
        };
        /**
         * @description Gives a claimed task back: it is ready again at once, and the attempt does not count.
         *
         *     ```json
         *     {"id": "t-1", "workerId": "w-1", "reason": "shutting down"}
         *     ```
         */
        TaskRelease: {
            /**
             * @description Ready again only after so many milliseconds.
             * @default null
             */
            delayMs?: number | null;
            /**
             * Format: int64
             * @description The fencing token of the lease.
             * @default null
             */
            fence?: number | null;
            /**
             * @description The task.
             * @default null
             */
            id?: components["schemas"]["TaskId"] | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description Why.
             * @default null
             */
            reason?: string | null;
            /**
             * @description The same as `id`.
             * @default null
             */
            taskId?: components["schemas"]["TaskId"] | null;
            /**
             * @description Who gives it back. Without a fence, it must hold the task.
             * @default null
             */
            workerId?: string | null;
        };
        /** @description The task waits to be done again. */
        TaskRetried: {
            /** @description The task. */
            id: components["schemas"]["TaskId"];
            /** @description Where it stood. */
            previousStatus: components["schemas"]["Status"];
            /** @description Where it stands. */
            status: components["schemas"]["Status"];
        };
        /**
         * @description Puts an ended task back to be done again, with its attempts forgotten.
         *
         *     ```json
         *     {"id": "t-1", "force": true}
         *     ```
         */
        TaskRetry: {
            /**
             * @description Not before so many milliseconds from now.
             * @default null
             */
            delayMs?: number | null;
            /**
             * @description Even when it was completed.
             * @default null
             */
            force?: boolean | null;
            /**
             * @description The task.
             * @default null
             */
            id?: components["schemas"]["TaskId"] | null;
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * @description With this priority instead of its own.
             * @default null
             */
            priority?: number | null;
            /**
             * @description The same as `id`.
             * @default null
             */
            taskId?: components["schemas"]["TaskId"] | null;
        };
        /** @description Where a task stands after an attempt ended. */
        TaskSettled: {
            /**
             * Format: int64
             * @description The attempt that ended.
             */
            attempt: number;
            /** @description Whether it is a dead letter now. */
            dead: boolean;
            /** @description The task. */
            id: components["schemas"]["TaskId"];
            /** @description The same report came before; nothing was done again. */
            repeated?: boolean;
            /** @description When it may be claimed again. */
            retryAt?: components["schemas"]["DateTime"] | null;
            /** @description Where it stands now. */
            status: components["schemas"]["Status"];
        };
        /**
         * @description Counts tasks, all or those of a project. The counts are kept up to date by every change.
         *
         *     ```json
         *     {}
         *     ```
         */
        TaskStats: {
            /**
             * @description Only tasks of this project.
             * @default null
             */
            project?: string | null;
        };
        /**
         * @description Takes a task from whoever holds it or has it parked; it waits for a claim again.
         *
         *     ```json
         *     {"taskId": "t-1"}
         *     ```
         */
        TaskUnassign: {
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
        };
        /** @description The task is nobody's. */
        TaskUnassigned: {
            /** @description Who had it. */
            previousAssignment?: string | null;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
            /** @description When. */
            unassignedAt: components["schemas"]["DateTime"];
        };
        /**
         * @description Changes a task by hand. Metadata is merged over what is there, one level deep.
         *
         *     ```json
         *     {"id": "t-1", "updates": {"priority": 90, "metadata": {"reviewer": "ada"}}}
         *     ```
         */
        TaskUpdate: {
            /** @description The task. */
            id: components["schemas"]["TaskId"];
            /** @description Makes the call safe to repeat for 24 hours: the same key with the same params answers as the first time, with others it is refused. The header `Idempotency-Key` does the same. */
            idempotencyKey?: string;
            /**
             * Format: int64
             * @description Only if the task's `version` is still this one: else it is refused with `conflict`, and its version told.
             * @default null
             */
            ifVersion?: number | null;
            /** @description What to change. */
            updates: components["schemas"]["TaskUpdates"];
        };
        /** @description The task as it is now. */
        TaskUpdated: {
            /** @description When it was made. */
            createdAt: components["schemas"]["DateTime"];
            /** @description Its id. */
            id: components["schemas"]["TaskId"];
            /**
             * Format: int64
             * @description 0 to 100, highest first.
             */
            priority: number;
            /** @description Where it stands. */
            status: components["schemas"]["Status"];
            /** @description What is to be done. */
            text: string;
            /** @description When it was changed. */
            updatedAt: components["schemas"]["DateTime"];
        };
        /** @description The fields to change; the others stay. */
        TaskUpdates: {
            /**
             * @description Fields to add or replace.
             * @default null
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description 0 to 100, highest first.
             * @default null
             */
            priority?: number | null;
            /**
             * @description Where it stands. A completed task stays so: task.retry puts it back; task.cancel calls one
             *     off.
             * @default null
             */
            status?: components["schemas"]["Status"] | null;
            /**
             * @description What is to be done.
             * @default null
             */
            text?: string | null;
        };
        /** @description What was claimed. */
        TasksClaimed: {
            /** @description Whether there was a task. */
            claimed: boolean;
            /** @description The first task. */
            task?: components["schemas"]["Task"] | null;
            /** @description The first task's id. */
            taskId?: components["schemas"]["TaskId"] | null;
            /** @description All of them, best first, each with its lease. */
            tasks: components["schemas"]["Task"][];
        };
        /** @description What became of the reports. */
        TasksCompleted: {
            /**
             * Format: uint
             * @description How many were accepted.
             */
            accepted: number;
            /**
             * Format: uint
             * @description How many were refused.
             */
            refused: number;
            /** @description One answer a task, in the order of the call. */
            results: components["schemas"]["TaskCompletedItem"][];
        };
        /** @description The tasks that were made. */
        TasksCreated: {
            /**
             * Format: uint
             * @description How many.
             */
            count: number;
            /** @description The tasks, in the order of the call. */
            tasks: components["schemas"]["TaskCreated"][];
        };
        /** @description The tasks that wait to be done again. */
        TasksRedriven: {
            /**
             * Format: uint
             * @description How many.
             */
            count: number;
            /**
             * @description Those that cannot be put back. One that was not named and whose unique key lives on in
             *     another task is passed over.
             */
            refused?: components["schemas"]["TaskNotRedriven"][];
            /** @description The tasks. */
            tasks: components["schemas"]["TaskRetried"][];
        };
        /** @description A todo whose task went another way: another has it, or it ended elsewhere. */
        TodoApart: {
            /** @description Who has it, or has ended it. */
            by?: string | null;
            /** @description The todo. */
            content: string;
            /** @description Where the task stands. */
            status: components["schemas"]["Status"];
            /** @description Its task. */
            taskId: components["schemas"]["TaskId"];
        };
        /** @description A todo. */
        TodoItem: {
            /** @description The same, while it is done. */
            activeForm?: string | null;
            /** @description What is to be done. */
            content: string;
            /** @description Where it stands. */
            status: components["schemas"]["TodoState"];
        };
        /** @description Where a todo stands. */
        TodoState: "pending" | "in_progress" | "completed";
        /** @description An agent, or a part of it, has stopped. */
        "agent.stopped": {
            /** @description `main`, `subagent` or `unknown`. */
            agentType: string;
            /** @description Whether anything was cleaned up. */
            cleanedUp: boolean;
            /** @description The instance. */
            instanceId: string;
            /** @description The session. */
            sessionId: string;
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
        };
        /** @description A tool failed more often than it should. */
        "alert.tool_errors": {
            /**
             * Format: int64
             * @description How often within the last five minutes, as one server has seen it.
             */
            errorCount: number;
            /** @description The same for people. */
            message: string;
            /** @description The tool. */
            tool: string;
        };
        /** @description A batch was taken and processed by one instance. */
        "batch.completed": {
            /** @description The batch. */
            batchId: string;
            /**
             * Format: int64
             * @description How many items it had.
             */
            itemsProcessed: number;
            /** @description The one that did it. */
            processorId: string;
        };
        /** @description A value of the shared configuration changed. */
        "config.changed": {
            /** @description The key. */
            key: string;
            /** @description The new value. */
            value: unknown;
        };
        /** @description An agent is about to shorten what it remembers; what it needs to go on was kept. */
        "context.pre_compact": {
            /**
             * Format: int64
             * @description How often it did that.
             */
            compactionCount: number;
            /**
             * Format: double
             * @description How much it remembers, in tokens, if it says so.
             */
            contextSize: number;
            /** @description The instance. */
            instanceId: string;
            /** @description The session. */
            sessionId: string;
            /** @description The snapshot that was made. */
            snapshotKey: string;
            /**
             * Format: int64
             * @description How many tasks it names.
             */
            tasksPreserved: number;
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
        };
        /** @description An agent's changes were committed. */
        "git.auto_commit.created": {
            /** @description The branch. */
            branch: string;
            /** @description The commit. */
            commitHash: string;
            /** @description Its message. */
            commitMessage: string;
            /** @description The files, at most 1,000. */
            files: string[];
            /** @description The instance. */
            instanceId: string;
            /** @description The session. */
            sessionId: string;
            /** @description Lines that came and went. */
            stats?: unknown;
            /** @description The tasks that it is about, and the tool. */
            taskContext: unknown;
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
        };
        /** @description Another hook of an agent ran. */
        "hook.event.executed": {
            /** @description What came with it; secrets are masked, and what is long is cut. */
            data: unknown;
            /** @description The hook, as the agent names it. */
            hookEvent: string;
            /** @description The instance. */
            instanceId?: string | null;
            /** @description The session. */
            sessionId?: string | null;
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
        };
        /** @description A tool has run. */
        "hook.post_tool.executed": {
            /**
             * Format: double
             * @description How long it took, in milliseconds, if that was told.
             */
            executionTime?: number | null;
            /** @description Whether its answer tells of an error. */
            hasError: boolean;
            /** @description The instance. */
            instanceId?: string | null;
            /** @description What it was called with; secrets are masked, and what is long is cut. */
            params: unknown;
            /** @description What was made of it. */
            processed: unknown;
            /** @description What it answered, likewise. */
            result: unknown;
            /** @description The session. */
            sessionId?: string | null;
            /** @description Whether it succeeded, as its agent says. */
            success: boolean;
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
            /** @description The tool. */
            tool: string;
        };
        /** @description A tool is about to run, and was judged. */
        "hook.pre_tool.executed": {
            /** @description The instance. */
            instanceId?: string | null;
            /** @description What it is called with; secrets are masked, and what is long is cut. */
            params: unknown;
            /** @description The session. */
            sessionId?: string | null;
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
            /** @description The tool. */
            tool: string;
            /** @description The verdict, with the rule that decided. */
            validationResult: unknown;
        };
        /** @description An agent wrote its list of todos. */
        "hook.todo_write.executed": {
            /** @description How many came, were completed and were changed. */
            changes: unknown;
            /** @description The instance. */
            instanceId: string;
            /** @description The session. */
            sessionId: string;
            /** @description How many there are of each status. */
            stats: unknown;
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
            /** @description The todos, each with its task if it has one. */
            todos: unknown;
        };
        /** @description Somebody told an agent what to do. */
        "hook.user_prompt.executed": {
            /** @description What its agent says of itself. */
            context: unknown;
            /** @description The instance. */
            instanceId?: string | null;
            /** @description Whether it was changed. */
            modified: boolean;
            /** @description What became of it. */
            modifiedPrompt: string;
            /** @description The same. */
            originalPrompt: string;
            /** @description The prompt; secrets are masked, and what is long is cut. */
            prompt: string;
            /** @description The session. */
            sessionId?: string | null;
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
        };
        /** @description An instance was silent for too long; its tasks went back. */
        "instance.failed": {
            /** @description Its id. */
            id: string;
            /**
             * Format: int64
             * @description When it was last heard of, in milliseconds.
             */
            lastSeen: number;
            /**
             * Format: int64
             * @description How many tasks went back.
             */
            tasksReassigned: number;
        };
        /** @description An instance registered. */
        "instance.registered": {
            /** @description Whether it leads now. */
            becameLeader: boolean;
            /** @description Its id. */
            id: string;
            /** @description The roles it works in. */
            roles: string[];
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
        };
        /** @description An instance said goodbye. */
        "instance.unregistered": {
            /** @description Its id. */
            id: string;
            /** @description Its session. */
            sessionId: string;
            /**
             * Format: int64
             * @description How many tasks it gave back.
             */
            tasksReassigned: number;
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
        };
        /** @description An API key was made. */
        "key.created": {
            /** @description The key's public id. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description What it may do. */
            scopes: string[];
        };
        /** @description An API key was revoked. */
        "key.revoked": {
            /** @description The key's public id. */
            id: string;
        };
        /** @description A person has logged out: the session is over. */
        "login.ended": {
            /** @description The session. */
            id: string;
            /** @description The public id of the API key. */
            key: string;
        };
        /** @description A person has logged in. */
        "login.started": {
            /** @description The session, by what servers know it: nobody can use it by that. */
            id: string;
            /** @description The public id of the API key. */
            key: string;
        };
        /** @description An agent told its person something. */
        "notification.received": {
            /** @description The instance. */
            instanceId: string;
            /** @description What. */
            message: string;
            /** @description `info`, `warning`, `error` or `success`. */
            notificationType: string;
            /** @description The session. */
            sessionId: string;
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
        };
        /** @description Claims from a part of the queue are held back. */
        "queue.paused": {
            /** @description Why. */
            reason?: string | null;
            /** @description What is held back. */
            scope: components["schemas"]["PauseScope"];
            /** @description When it ends by itself. */
            until?: components["schemas"]["DateTime"] | null;
        };
        /** @description Claims go on. */
        "queue.resumed": {
            /** @description What was held back. */
            scope: components["schemas"]["PauseScope"];
        };
        /** @description A vote reached its quorum. */
        "quorum.decision.made": {
            /** @description What was voted on. */
            decision: string;
            /**
             * Format: int64
             * @description How many were needed.
             */
            quorum: number;
            /** @description The value that won. */
            value: string;
            /**
             * Format: int64
             * @description The votes for it.
             */
            voteCount: number;
        };
        /** @description A replica is too far behind, or away for too long: a server reads elsewhere meanwhile. */
        "replica.lagging": {
            /**
             * Format: int64
             * @description The same in bytes of the primary's log.
             */
            lagBytes?: number | null;
            /**
             * Format: int64
             * @description How far it is behind, in milliseconds, as far as that is known.
             */
            lagMs?: number | null;
            /** @description What is wrong with it besides. */
            problem?: string | null;
            /** @description Its host and port. */
            replica: string;
        };
        /** @description A replica has caught up, or is back: reads go there again. */
        "replica.recovered": {
            /**
             * Format: int64
             * @description How far it is behind, in milliseconds.
             */
            lagMs?: number | null;
            /** @description Its host and port. */
            replica: string;
        };
        /** @description A session of an agent is over. */
        "session.ended": {
            /** @description The instance. */
            instanceId: string;
            /** @description Why. */
            reason: string;
            /** @description The session. */
            sessionId: string;
            /**
             * Format: int64
             * @description How many tasks it gave back.
             */
            tasksReassigned: number;
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
        };
        /** @description A session goes on with what was kept of it. */
        "session.rehydrated": {
            /**
             * Format: int64
             * @description How many events the session had.
             */
            eventCount: number;
            /** @description The instance. */
            instanceId: string;
            /** @description The session. */
            sessionId: string;
            /** @description The snapshot, if there was one. */
            snapshotId?: string | null;
        };
        /** @description What a session is about was kept. */
        "session.snapshot.created": {
            /** @description What was kept: last prompt, tools, todos, tasks. */
            context: unknown;
            /**
             * Format: int64
             * @description How many events the session had.
             */
            eventCount: number;
            /** @description The instance. */
            instanceId: string;
            /** @description What its maker added. */
            metadata?: unknown;
            /** @description `pre_compact`, `manual`, `checkpoint`, `error_recovery` or `threshold`. */
            reason: string;
            /** @description The session. */
            sessionId: string;
            /**
             * Format: int64
             * @description How many bytes it has.
             */
            size: number;
            /** @description The snapshot. */
            snapshotId: string;
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
        };
        /** @description A session of an agent began, or goes on. */
        "session.started": {
            /** @description The instance. */
            instanceId: string;
            /** @description The folder that it works in. */
            projectDir?: string | null;
            /** @description The session. */
            sessionId: string;
            /** @description Why: `startup`, `resume`, `clear`, `compact`. */
            source: string;
            /**
             * Format: int64
             * @description When, in milliseconds.
             */
            timestamp: number;
        };
        /** @description All data of the tenant was deleted. */
        "system.flushed": {
            /**
             * Format: int64
             * @description How many tasks there were.
             */
            tasksDeleted: number;
            /** @description When. */
            timestamp: components["schemas"]["DateTime"];
        };
        /** @description A task was parked on a worker: nobody else may claim it. */
        "task.assigned": {
            /** @description The worker. */
            instanceId: string;
            /** @description Who had it before. */
            previousAssignment?: string | null;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
        };
        /** @description An attachment was written. */
        "task.attachment.created": {
            /** @description Its id. */
            attachmentId: string;
            /** @description The attachment's key. */
            key: string;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
            /** @description Its type. */
            type: string;
        };
        /** @description An attachment was deleted. */
        "task.attachment.deleted": {
            /** @description Its id. */
            attachmentId: string;
            /** @description The attachment's key. */
            key: string;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
        };
        /** @description An attempt ended without success, and the task will be tried again. */
        "task.attempt_failed": {
            /**
             * Format: int64
             * @description The attempt.
             */
            attempt: number;
            /** @description The error's text. */
            error?: string | null;
            /**
             * Format: int64
             * @description The fence of the attempt.
             */
            fence: number;
            /** @description Why: a failure's reason, `lease_expired`, `deadline_exceeded`, `instance_failed`. */
            reason: string;
            /** @description When it may be claimed again. */
            retryAt: components["schemas"]["DateTime"];
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
            /** @description The worker. */
            workerId?: string | null;
        };
        /** @description A task in progress is to stop; its worker is told with its next heartbeat. */
        "task.cancel_requested": {
            /** @description When the fence moves on, whether the worker has stopped or not. */
            graceEndsAt: components["schemas"]["DateTime"];
            /** @description Why. */
            reason?: string | null;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
        };
        /** @description A task was called off. */
        "task.cancelled": {
            /**
             * Format: int64
             * @description 0 to 100, highest first.
             */
            priority: number;
            /** @description Why. */
            reason?: string | null;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
        };
        /** @description A worker took a task, under a lease. */
        "task.claimed": {
            /**
             * Format: int64
             * @description The attempt.
             */
            attempt: number;
            /** @description When the lease ends, unless it is extended. */
            expiresAt: components["schemas"]["DateTime"];
            /**
             * Format: int64
             * @description The lease's fencing token.
             */
            fence: number;
            /**
             * Format: int64
             * @description 0 to 100, highest first.
             */
            priority: number;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
            /**
             * Format: int64
             * @description Milliseconds since it was made.
             */
            waited: number;
            /** @description The worker. */
            workerId: string;
        };
        /** @description A task ended: completed or failed. */
        "task.completed": {
            /** @description Who ended it. */
            completedBy?: string | null;
            /** @description Whether it is a dead letter now. */
            deadLetter: boolean;
            /**
             * Format: int64
             * @description Milliseconds since it was made.
             */
            duration: number;
            /** @description The error's text, if it failed. */
            error?: string | null;
            /**
             * Format: int64
             * @description The fence under which it ended.
             */
            fence: number;
            /** @description The task. */
            id: components["schemas"]["TaskId"];
            /**
             * Format: int64
             * @description 0 to 100, highest first.
             */
            priority: number;
            /** @description The reason of the failure, if it failed. */
            reason?: string | null;
            /** @description `completed` or `failed`. */
            status: components["schemas"]["Status"];
            /**
             * Format: int64
             * @description Milliseconds since the attempt began that ended with it.
             */
            worked?: number | null;
        };
        /** @description A task was made. */
        "task.created": {
            /** @description When it was made. */
            createdAt: components["schemas"]["DateTime"];
            /** @description Its id. */
            id: components["schemas"]["TaskId"];
            /**
             * Format: int64
             * @description 0 to 100, highest first.
             */
            priority: number;
            /** @description Where it stands. */
            status: components["schemas"]["Status"];
            /** @description What is to be done. */
            text: string;
        };
        /** @description A task and its attachments were deleted. */
        "task.deleted": {
            /** @description When. */
            deletedAt: components["schemas"]["DateTime"];
            /** @description By whom. */
            deletedBy: string;
            /** @description The task. */
            id: components["schemas"]["TaskId"];
        };
        /** @description A worker gave a task back. */
        "task.released": {
            /**
             * Format: int64
             * @description The fence of the lease that ended.
             */
            fence: number;
            /** @description Why. */
            reason?: string | null;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
            /** @description The worker. */
            workerId?: string | null;
        };
        /** @description An ended task was put back to be done again. */
        "task.retried": {
            /** @description Where it stood. */
            previousStatus: components["schemas"]["Status"];
            /**
             * Format: int64
             * @description Its priority now.
             */
            priority: number;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
        };
        /** @description A task was taken from its worker. */
        "task.unassigned": {
            /** @description Who had it. */
            previousAssignment?: string | null;
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
        };
        /** @description A task's dependencies no longer hold it back. */
        "task.unblocked": {
            /** @description The task. */
            taskId: components["schemas"]["TaskId"];
            /** @description The task whose end opened it. */
            unblockedBy: components["schemas"]["TaskId"];
        };
        /**
         * @description A task's text, status, priority or metadata was changed by hand, or it waits for another task
         *     since one was replaced.
         */
        "task.updated": {
            /** @description The names of the fields that were changed. */
            changes: string[];
            /** @description When it was made. */
            createdAt: components["schemas"]["DateTime"];
            /** @description Its id. */
            id: components["schemas"]["TaskId"];
            /** @description Where it stood. */
            previousStatus: components["schemas"]["Status"];
            /**
             * Format: int64
             * @description Its priority now.
             */
            priority: number;
            /** @description Its status now. */
            status: components["schemas"]["Status"];
            /** @description Its text now. */
            text: string;
            /** @description When it was changed. */
            updatedAt: components["schemas"]["DateTime"];
        };
    };
    responses: {
        /** @description Refused: parse_error, invalid_request, invalid_params. */
        Error400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Refused: unauthorized. */
        Error401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Refused: forbidden, hook_blocked. */
        Error403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Refused: method_not_found, not_found. */
        Error404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Refused: timeout. */
        Error408: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Refused: conflict, stale_fence, idempotency_conflict, duplicate_unique_key, dependency_cycle. */
        Error409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Refused: cursor_expired. */
        Error410: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Refused: too_large. */
        Error413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Refused: rate_limited. */
        Error429: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Refused: internal. */
        Error500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Refused: overloaded, shutting_down, unavailable. */
        Error503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Refused: timeout. */
        Error504: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Refused: parse_error, invalid_request, invalid_params. */
        Failure400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Refused: unauthorized. */
        Failure401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Refused: forbidden, hook_blocked. */
        Failure403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Refused: method_not_found, not_found. */
        Failure404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Refused: timeout. */
        Failure408: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Refused: conflict, stale_fence, idempotency_conflict, duplicate_unique_key, dependency_cycle. */
        Failure409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Refused: cursor_expired. */
        Failure410: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Refused: too_large. */
        Failure413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Refused: rate_limited. */
        Failure429: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Refused: internal. */
        Failure500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Refused: overloaded, shutting_down, unavailable. */
        Failure503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Refused: timeout. */
        Failure504: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type AnalyticsFailures = components['schemas']['AnalyticsFailures'];
export type AnalyticsFailuresBucket = components['schemas']['AnalyticsFailuresBucket'];
export type AnalyticsFailuresFound = components['schemas']['AnalyticsFailuresFound'];
export type AnalyticsFailuresOf = components['schemas']['AnalyticsFailuresOf'];
export type AnalyticsFlows = components['schemas']['AnalyticsFlows'];
export type AnalyticsLatency = components['schemas']['AnalyticsLatency'];
export type AnalyticsLatencyBucket = components['schemas']['AnalyticsLatencyBucket'];
export type AnalyticsLatencyFound = components['schemas']['AnalyticsLatencyFound'];
export type AnalyticsLost = components['schemas']['AnalyticsLost'];
export type AnalyticsMethodCount = components['schemas']['AnalyticsMethodCount'];
export type AnalyticsStatusBucket = components['schemas']['AnalyticsStatusBucket'];
export type AnalyticsStatusTotal = components['schemas']['AnalyticsStatusTotal'];
export type AnalyticsTasks = components['schemas']['AnalyticsTasks'];
export type AnalyticsTasksFound = components['schemas']['AnalyticsTasksFound'];
export type AnalyticsThroughput = components['schemas']['AnalyticsThroughput'];
export type AnalyticsThroughputBucket = components['schemas']['AnalyticsThroughputBucket'];
export type AnalyticsThroughputFound = components['schemas']['AnalyticsThroughputFound'];
export type AnalyticsTimes = components['schemas']['AnalyticsTimes'];
export type AnalyticsTimesOfBoth = components['schemas']['AnalyticsTimesOfBoth'];
export type AnalyticsWorker = components['schemas']['AnalyticsWorker'];
export type AnalyticsWorkerDid = components['schemas']['AnalyticsWorkerDid'];
export type AnalyticsWorkers = components['schemas']['AnalyticsWorkers'];
export type AnalyticsWorkersFound = components['schemas']['AnalyticsWorkersFound'];
export type Attachment = components['schemas']['Attachment'];
export type AttachmentBatch = components['schemas']['AttachmentBatch'];
export type AttachmentCreate = components['schemas']['AttachmentCreate'];
export type AttachmentCreated = components['schemas']['AttachmentCreated'];
export type AttachmentDelete = components['schemas']['AttachmentDelete'];
export type AttachmentDeleted = components['schemas']['AttachmentDeleted'];
export type AttachmentGet = components['schemas']['AttachmentGet'];
export type AttachmentGetBatch = components['schemas']['AttachmentGetBatch'];
export type AttachmentKind = components['schemas']['AttachmentKind'];
export type AttachmentList = components['schemas']['AttachmentList'];
export type AttachmentName = components['schemas']['AttachmentName'];
export type AttachmentPage = components['schemas']['AttachmentPage'];
export type Backoff = components['schemas']['Backoff'];
export type ClaimedAttachment = components['schemas']['ClaimedAttachment'];
export type ClusterFound = components['schemas']['ClusterFound'];
export type Code = components['schemas']['Code'];
export type Completion = components['schemas']['Completion'];
export type ConfigEntry = components['schemas']['ConfigEntry'];
export type ConfigGet = components['schemas']['ConfigGet'];
export type ConfigList = components['schemas']['ConfigList'];
export type ConfigPage = components['schemas']['ConfigPage'];
export type ConfigSet = components['schemas']['ConfigSet'];
export type ConfigStored = components['schemas']['ConfigStored'];
export type ConfigValue = components['schemas']['ConfigValue'];
export type Cursor = components['schemas']['Cursor'];
export type DateTime = components['schemas']['DateTime'];
export type Dependents = components['schemas']['Dependents'];
export type Doc = components['schemas']['Doc'];
export type DocListed = components['schemas']['DocListed'];
export type DocsGet = components['schemas']['DocsGet'];
export type DocsList = components['schemas']['DocsList'];
export type DocsPage = components['schemas']['DocsPage'];
export type Error = components['schemas']['Error'];
export type Event = components['schemas']['Event'];
export type EventList = components['schemas']['EventList'];
export type EventMetadata = components['schemas']['EventMetadata'];
export type EventOrder = components['schemas']['EventOrder'];
export type EventPage = components['schemas']['EventPage'];
export type FailReason = components['schemas']['FailReason'];
export type Failure = components['schemas']['Failure'];
export type FiguresBucket = components['schemas']['FiguresBucket'];
export type GitAutoCommit = components['schemas']['GitAutoCommit'];
export type GitCommitNoted = components['schemas']['GitCommitNoted'];
export type GitContext = components['schemas']['GitContext'];
export type GitContextGet = components['schemas']['GitContextGet'];
export type GitMetadata = components['schemas']['GitMetadata'];
export type GitStats = components['schemas']['GitStats'];
export type GitTaskContext = components['schemas']['GitTaskContext'];
export type HealthStatus = components['schemas']['HealthStatus'];
export type HookAgentStop = components['schemas']['HookAgentStop'];
export type HookCompacting = components['schemas']['HookCompacting'];
export type HookDecision = components['schemas']['HookDecision'];
export type HookEvent = components['schemas']['HookEvent'];
export type HookJudged = components['schemas']['HookJudged'];
export type HookNotification = components['schemas']['HookNotification'];
export type HookPostTool = components['schemas']['HookPostTool'];
export type HookPreCompact = components['schemas']['HookPreCompact'];
export type HookPreTool = components['schemas']['HookPreTool'];
export type HookProcessed = components['schemas']['HookProcessed'];
export type HookPrompted = components['schemas']['HookPrompted'];
export type HookReceived = components['schemas']['HookReceived'];
export type HookRecorded = components['schemas']['HookRecorded'];
export type HookStopped = components['schemas']['HookStopped'];
export type HookTodoWrite = components['schemas']['HookTodoWrite'];
export type HookTodosWritten = components['schemas']['HookTodosWritten'];
export type HookUserPrompt = components['schemas']['HookUserPrompt'];
export type Issue = components['schemas']['Issue'];
export type ItemError = components['schemas']['ItemError'];
export type Key = components['schemas']['Key'];
export type KeyCreate = components['schemas']['KeyCreate'];
export type KeyCreated = components['schemas']['key.created'];
export type KeyList = components['schemas']['KeyList'];
export type KeyPage = components['schemas']['KeyPage'];
export type KeyRevoke = components['schemas']['KeyRevoke'];
export type KeyRevoked = components['schemas']['key.revoked'];
export type Lease = components['schemas']['Lease'];
export type MethodFacts = components['schemas']['MethodFacts'];
export type MethodMetadata = components['schemas']['MethodMetadata'];
export type NewTask = components['schemas']['NewTask'];
export type OnDuplicate = components['schemas']['OnDuplicate'];
export type PauseScope = components['schemas']['PauseScope'];
export type Project = components['schemas']['Project'];
export type ProjectList = components['schemas']['ProjectList'];
export type ProjectPage = components['schemas']['ProjectPage'];
export type QueueList = components['schemas']['QueueList'];
export type QueuePause = components['schemas']['QueuePause'];
export type QueuePaused = components['schemas']['queue.paused'];
export type QueuePausedPart = components['schemas']['QueuePausedPart'];
export type QueuePauses = components['schemas']['QueuePauses'];
export type QueueResume = components['schemas']['QueueResume'];
export type QueueResumed = components['schemas']['queue.resumed'];
export type ReplicaFound = components['schemas']['ReplicaFound'];
export type ResultAttachment = components['schemas']['ResultAttachment'];
export type Scope = components['schemas']['Scope'];
export type Session = components['schemas']['Session'];
export type SessionBegun = components['schemas']['SessionBegun'];
export type SessionCondensed = components['schemas']['SessionCondensed'];
export type SessionEnd = components['schemas']['SessionEnd'];
export type SessionEvent = components['schemas']['SessionEvent'];
export type SessionList = components['schemas']['SessionList'];
export type SessionMemory = components['schemas']['SessionMemory'];
export type SessionOver = components['schemas']['SessionOver'];
export type SessionPage = components['schemas']['SessionPage'];
export type SessionPrevious = components['schemas']['SessionPrevious'];
export type SessionPrompt = components['schemas']['SessionPrompt'];
export type SessionRehydrate = components['schemas']['SessionRehydrate'];
export type SessionRehydrated = components['schemas']['session.rehydrated'];
export type SessionStart = components['schemas']['SessionStart'];
export type SessionState = components['schemas']['SessionState'];
export type SessionStateGet = components['schemas']['SessionStateGet'];
export type SessionSummary = components['schemas']['SessionSummary'];
export type SessionTask = components['schemas']['SessionTask'];
export type SessionTodo = components['schemas']['SessionTodo'];
export type SessionTool = components['schemas']['SessionTool'];
export type SnapshotCreate = components['schemas']['SnapshotCreate'];
export type SnapshotCreated = components['schemas']['SnapshotCreated'];
export type SnapshotFacts = components['schemas']['SnapshotFacts'];
export type SnapshotReason = components['schemas']['SnapshotReason'];
export type Status = components['schemas']['Status'];
export type SystemBatchDone = components['schemas']['SystemBatchDone'];
export type SystemBatchProcess = components['schemas']['SystemBatchProcess'];
export type SystemCheckHealth = components['schemas']['SystemCheckHealth'];
export type SystemDiscover = components['schemas']['SystemDiscover'];
export type SystemDiscovered = components['schemas']['SystemDiscovered'];
export type SystemFlush = components['schemas']['SystemFlush'];
export type SystemFlushConfirm = components['schemas']['SystemFlushConfirm'];
export type SystemFlushed = components['schemas']['system.flushed'];
export type SystemFlushedKeys = components['schemas']['SystemFlushedKeys'];
export type SystemFlushedTasks = components['schemas']['SystemFlushedTasks'];
export type SystemGetState = components['schemas']['SystemGetState'];
export type SystemHealth = components['schemas']['SystemHealth'];
export type SystemHealthChecked = components['schemas']['SystemHealthChecked'];
export type SystemHealthFound = components['schemas']['SystemHealthFound'];
export type SystemHeartbeat = components['schemas']['SystemHeartbeat'];
export type SystemHeartbeatDone = components['schemas']['SystemHeartbeatDone'];
export type SystemInstance = components['schemas']['SystemInstance'];
export type SystemInstancePage = components['schemas']['SystemInstancePage'];
export type SystemInstances = components['schemas']['SystemInstances'];
export type SystemMetrics = components['schemas']['SystemMetrics'];
export type SystemMetricsCache = components['schemas']['SystemMetricsCache'];
export type SystemMetricsCircuitBreaker = components['schemas']['SystemMetricsCircuitBreaker'];
export type SystemMetricsCounters = components['schemas']['SystemMetricsCounters'];
export type SystemMetricsCurrent = components['schemas']['SystemMetricsCurrent'];
export type SystemMetricsFound = components['schemas']['SystemMetricsFound'];
export type SystemMetricsGlobal = components['schemas']['SystemMetricsGlobal'];
export type SystemMetricsHandler = components['schemas']['SystemMetricsHandler'];
export type SystemMetricsHealthCheck = components['schemas']['SystemMetricsHealthCheck'];
export type SystemMetricsQueue = components['schemas']['SystemMetricsQueue'];
export type SystemMetricsScaling = components['schemas']['SystemMetricsScaling'];
export type SystemNeeds = components['schemas']['SystemNeeds'];
export type SystemQuorumVote = components['schemas']['SystemQuorumVote'];
export type SystemQuorumVoted = components['schemas']['SystemQuorumVoted'];
export type SystemRegister = components['schemas']['SystemRegister'];
export type SystemRegistered = components['schemas']['SystemRegistered'];
export type SystemScaling = components['schemas']['SystemScaling'];
export type SystemScalingAdvice = components['schemas']['SystemScalingAdvice'];
export type SystemScalingFound = components['schemas']['SystemScalingFound'];
export type SystemScalingQueue = components['schemas']['SystemScalingQueue'];
export type SystemScalingWindow = components['schemas']['SystemScalingWindow'];
export type SystemServer = components['schemas']['SystemServer'];
export type SystemServers = components['schemas']['SystemServers'];
export type SystemServersFound = components['schemas']['SystemServersFound'];
export type SystemSetting = components['schemas']['SystemSetting'];
export type SystemSettingOrigin = components['schemas']['SystemSettingOrigin'];
export type SystemSettings = components['schemas']['SystemSettings'];
export type SystemSettingsFound = components['schemas']['SystemSettingsFound'];
export type SystemState = components['schemas']['SystemState'];
export type SystemUnregister = components['schemas']['SystemUnregister'];
export type SystemUnregistered = components['schemas']['SystemUnregistered'];
export type Task = components['schemas']['Task'];
export type TaskAssign = components['schemas']['TaskAssign'];
export type TaskAssigned = components['schemas']['task.assigned'];
export type TaskCancel = components['schemas']['TaskCancel'];
export type TaskCancelled = components['schemas']['task.cancelled'];
export type TaskClaim = components['schemas']['TaskClaim'];
export type TaskComplete = components['schemas']['TaskComplete'];
export type TaskCompleteItem = components['schemas']['TaskCompleteItem'];
export type TaskCompleteMany = components['schemas']['TaskCompleteMany'];
export type TaskCompleted = components['schemas']['task.completed'];
export type TaskCompletedItem = components['schemas']['TaskCompletedItem'];
export type TaskCounts = components['schemas']['TaskCounts'];
export type TaskCreate = components['schemas']['TaskCreate'];
export type TaskCreateMany = components['schemas']['TaskCreateMany'];
export type TaskCreated = components['schemas']['task.created'];
export type TaskDelete = components['schemas']['TaskDelete'];
export type TaskDeleted = components['schemas']['task.deleted'];
export type TaskDependencies = components['schemas']['TaskDependencies'];
export type TaskEdge = components['schemas']['TaskEdge'];
export type TaskExplain = components['schemas']['TaskExplain'];
export type TaskExplanation = components['schemas']['TaskExplanation'];
export type TaskFail = components['schemas']['TaskFail'];
export type TaskGet = components['schemas']['TaskGet'];
export type TaskGraph = components['schemas']['TaskGraph'];
export type TaskHeartbeat = components['schemas']['TaskHeartbeat'];
export type TaskHeartbeatDone = components['schemas']['TaskHeartbeatDone'];
export type TaskHistory = components['schemas']['TaskHistory'];
export type TaskHistoryPage = components['schemas']['TaskHistoryPage'];
export type TaskId = components['schemas']['TaskId'];
export type TaskList = components['schemas']['TaskList'];
export type TaskNotRedriven = components['schemas']['TaskNotRedriven'];
export type TaskOrder = components['schemas']['TaskOrder'];
export type TaskOrderBy = components['schemas']['TaskOrderBy'];
export type TaskPage = components['schemas']['TaskPage'];
export type TaskReason = components['schemas']['TaskReason'];
export type TaskRedrive = components['schemas']['TaskRedrive'];
export type TaskRelease = components['schemas']['TaskRelease'];
export type TaskRetried = components['schemas']['task.retried'];
export type TaskRetry = components['schemas']['TaskRetry'];
export type TaskSettled = components['schemas']['TaskSettled'];
export type TaskStats = components['schemas']['TaskStats'];
export type TaskUnassign = components['schemas']['TaskUnassign'];
export type TaskUnassigned = components['schemas']['task.unassigned'];
export type TaskUpdate = components['schemas']['TaskUpdate'];
export type TaskUpdated = components['schemas']['task.updated'];
export type TaskUpdates = components['schemas']['TaskUpdates'];
export type TasksClaimed = components['schemas']['TasksClaimed'];
export type TasksCompleted = components['schemas']['TasksCompleted'];
export type TasksCreated = components['schemas']['TasksCreated'];
export type TasksRedriven = components['schemas']['TasksRedriven'];
export type TodoApart = components['schemas']['TodoApart'];
export type TodoItem = components['schemas']['TodoItem'];
export type TodoState = components['schemas']['TodoState'];
export type AgentStopped = components['schemas']['agent.stopped'];
export type AlertToolErrors = components['schemas']['alert.tool_errors'];
export type BatchCompleted = components['schemas']['batch.completed'];
export type ConfigChanged = components['schemas']['config.changed'];
export type ContextPreCompact = components['schemas']['context.pre_compact'];
export type GitAutoCommitCreated = components['schemas']['git.auto_commit.created'];
export type HookEventExecuted = components['schemas']['hook.event.executed'];
export type HookPostToolExecuted = components['schemas']['hook.post_tool.executed'];
export type HookPreToolExecuted = components['schemas']['hook.pre_tool.executed'];
export type HookTodoWriteExecuted = components['schemas']['hook.todo_write.executed'];
export type HookUserPromptExecuted = components['schemas']['hook.user_prompt.executed'];
export type InstanceFailed = components['schemas']['instance.failed'];
export type InstanceRegistered = components['schemas']['instance.registered'];
export type InstanceUnregistered = components['schemas']['instance.unregistered'];
export type LoginEnded = components['schemas']['login.ended'];
export type LoginStarted = components['schemas']['login.started'];
export type NotificationReceived = components['schemas']['notification.received'];
export type QuorumDecisionMade = components['schemas']['quorum.decision.made'];
export type ReplicaLagging = components['schemas']['replica.lagging'];
export type ReplicaRecovered = components['schemas']['replica.recovered'];
export type SessionEnded = components['schemas']['session.ended'];
export type SessionSnapshotCreated = components['schemas']['session.snapshot.created'];
export type SessionStarted = components['schemas']['session.started'];
export type TaskAttachmentCreated = components['schemas']['task.attachment.created'];
export type TaskAttachmentDeleted = components['schemas']['task.attachment.deleted'];
export type TaskAttemptFailed = components['schemas']['task.attempt_failed'];
export type TaskCancelRequested = components['schemas']['task.cancel_requested'];
export type TaskClaimed = components['schemas']['task.claimed'];
export type TaskReleased = components['schemas']['task.released'];
export type TaskUnblocked = components['schemas']['task.unblocked'];
export type ResponseError400 = components['responses']['Error400'];
export type ResponseError401 = components['responses']['Error401'];
export type ResponseError403 = components['responses']['Error403'];
export type ResponseError404 = components['responses']['Error404'];
export type ResponseError408 = components['responses']['Error408'];
export type ResponseError409 = components['responses']['Error409'];
export type ResponseError410 = components['responses']['Error410'];
export type ResponseError413 = components['responses']['Error413'];
export type ResponseError429 = components['responses']['Error429'];
export type ResponseError500 = components['responses']['Error500'];
export type ResponseError503 = components['responses']['Error503'];
export type ResponseError504 = components['responses']['Error504'];
export type ResponseFailure400 = components['responses']['Failure400'];
export type ResponseFailure401 = components['responses']['Failure401'];
export type ResponseFailure403 = components['responses']['Failure403'];
export type ResponseFailure404 = components['responses']['Failure404'];
export type ResponseFailure408 = components['responses']['Failure408'];
export type ResponseFailure409 = components['responses']['Failure409'];
export type ResponseFailure410 = components['responses']['Failure410'];
export type ResponseFailure413 = components['responses']['Failure413'];
export type ResponseFailure429 = components['responses']['Failure429'];
export type ResponseFailure500 = components['responses']['Failure500'];
export type ResponseFailure503 = components['responses']['Failure503'];
export type ResponseFailure504 = components['responses']['Failure504'];
export type $defs = Record<string, never>;
export interface operations {
    "analytics.failures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AnalyticsFailures"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AnalyticsFailuresFound"];
                        /** @constant */
                        event: "analytics.failures";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "analytics.latency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AnalyticsLatency"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AnalyticsLatencyFound"];
                        /** @constant */
                        event: "analytics.latency";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "analytics.tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AnalyticsTasks"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AnalyticsTasksFound"];
                        /** @constant */
                        event: "analytics.tasks";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "analytics.throughput": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AnalyticsThroughput"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AnalyticsThroughputFound"];
                        /** @constant */
                        event: "analytics.throughput";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "analytics.workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AnalyticsWorkers"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AnalyticsWorkersFound"];
                        /** @constant */
                        event: "analytics.workers";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "GET /api/analytics/failures": {
        parameters: {
            query?: {
                bucket?: ("minute" | "hour" | "day") | null;
                from?: string | null;
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalyticsFailuresFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/analytics/latency": {
        parameters: {
            query?: {
                bucket?: ("minute" | "hour" | "day") | null;
                from?: string | null;
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalyticsLatencyFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/analytics/tasks": {
        parameters: {
            query?: {
                bucket?: ("minute" | "hour" | "day") | null;
                from?: string | null;
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalyticsTasksFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/analytics/throughput": {
        parameters: {
            query?: {
                bucket?: ("minute" | "hour" | "day") | null;
                from?: string | null;
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalyticsThroughputFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/analytics/workers": {
        parameters: {
            query?: {
                from?: string | null;
                limit?: number | null;
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalyticsWorkersFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/config": {
        parameters: {
            query?: {
                after?: string | null;
                limit?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigPage"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/config/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigValue"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "PUT /api/config/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigStored"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/docs": {
        parameters: {
            query?: {
                category?: string | null;
                limit?: number | null;
                offset?: number | null;
                search?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocsPage"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/docs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Doc"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/events": {
        parameters: {
            query?: {
                after?: string | null;
                limit?: number | null;
                order?: ("asc" | "desc") | null;
                project?: string | null;
                sessionId?: string | null;
                types?: string[] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyPage"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["KeyCreate"];
            };
        };
        responses: {
            /** @description It was done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyCreated"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "DELETE /api/keys/{id}": {
        parameters: {
            query?: {
                idempotencyKey?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyRevoked"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/projects": {
        parameters: {
            query?: {
                after?: string | null;
                limit?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectPage"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueuePauses"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/queue/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueuePauses"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/queue/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["QueueList"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueuePauses"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/queue/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["QueuePause"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueuePaused"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/queue/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["QueueResume"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueResumed"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/batch.process": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemBatchProcess"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemBatchDone"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/check_health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemCheckHealth"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemHealthChecked"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/system/discover": {
        parameters: {
            query?: {
                domain?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemDiscovered"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemDiscover"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemDiscovered"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/flush": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemFlush"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemFlushed"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/system/get_state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemState"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/get_state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemGetState"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemState"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/system/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemHealthFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemHealth"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemHealthFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemHeartbeat"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemHeartbeatDone"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/system/instances": {
        parameters: {
            query?: {
                after?: string | null;
                limit?: number | null;
                online?: boolean | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemInstancePage"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemInstances"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemInstancePage"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/system/metrics": {
        parameters: {
            query?: {
                detailed?: boolean | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemMetricsFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemMetrics"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemMetricsFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/quorum.vote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemQuorumVote"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemQuorumVoted"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemRegister"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemRegistered"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/system/scaling": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemScalingFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/scaling": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemScaling"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemScalingFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/system/servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemServersFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemServers"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemServersFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/system/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemSettingsFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemSettings"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemSettingsFound"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/system/unregister": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemUnregister"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemUnregistered"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/tasks": {
        parameters: {
            query?: {
                after?: string | null;
                assignedTo?: string | null;
                dead?: boolean | null;
                limit?: number | null;
                offset?: number | null;
                order?: "asc" | "desc" | null;
                orderBy?: "createdAt" | "updatedAt" | "priority" | "status" | "assignedTo" | "queue" | null;
                parentId?: string | null;
                priority?: number | null;
                project?: string | null;
                role?: string | null;
                search?: string | null;
                status?: ("pending" | "in_progress" | "completed" | "failed" | "cancelled") | null;
                tag?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskPage"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskCreate"];
            };
        };
        responses: {
            /** @description It was done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskCreated"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AttachmentGetBatch"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttachmentBatch"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskCreateMany"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TasksCreated"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskClaim"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TasksClaimed"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskCompleteMany"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TasksCompleted"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/dependencies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskDependencies"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskGraph"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskRedrive"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TasksRedriven"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/tasks/stats": {
        parameters: {
            query?: {
                project?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskCounts"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/tasks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "DELETE /api/tasks/{id}": {
        parameters: {
            query?: {
                idempotencyKey?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskDeleted"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "PATCH /api/tasks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskUpdated"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskAssigned"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/tasks/{id}/attachments": {
        parameters: {
            query?: {
                limit?: number | null;
                offset?: number | null;
                type?: ("json" | "markdown" | "text" | "url" | "binary") | null;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttachmentPage"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttachmentCreated"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/tasks/{id}/attachments/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attachment"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "PUT /api/tasks/{id}/attachments/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttachmentCreated"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "DELETE /api/tasks/{id}/attachments/{key}": {
        parameters: {
            query?: {
                idempotencyKey?: string;
            };
            header?: never;
            path: {
                id: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttachmentDeleted"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskCancelled"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/claim": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TasksClaimed"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskCompleted"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/create_attachment": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttachmentCreated"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskDeleted"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/delete_attachment": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttachmentDeleted"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/tasks/{id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskExplanation"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskExplanation"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/fail": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskSettled"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/get_attachment": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attachment"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskHeartbeatDone"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "GET /api/tasks/{id}/history": {
        parameters: {
            query?: {
                after?: string | null;
                limit?: number | null;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskHistoryPage"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskHistoryPage"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/list_attachments": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttachmentPage"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskSettled"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskRetried"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/unassign": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskUnassigned"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "POST /api/tasks/{id}/update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskUpdated"];
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "auth login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    key: string;
                };
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description With a session: the header `X-CSRF-Token` of what is no GET. */
                        csrfToken?: string;
                        /** @description With a session: when it ends, if nobody uses it again. */
                        expiresAt?: number;
                        name: string;
                        scopes: string[];
                        /** @description Whether a session says so. */
                        session: boolean;
                        tenant: string;
                    };
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "auth logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session is over, everywhere. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "auth session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description With a session: the header `X-CSRF-Token` of what is no GET. */
                        csrfToken?: string;
                        /** @description With a session: when it ends, if nobody uses it again. */
                        expiresAt?: number;
                        name: string;
                        scopes: string[];
                        /** @description Whether a session says so. */
                        session: boolean;
                        tenant: string;
                    };
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "config.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ConfigGet"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ConfigValue"];
                        /** @constant */
                        event: "config.get";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "config.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ConfigList"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ConfigPage"];
                        /** @constant */
                        event: "config.list";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "config.set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ConfigSet"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ConfigStored"];
                        /** @constant */
                        event: "config.set";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "docs.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DocsGet"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Doc"];
                        /** @constant */
                        event: "docs.get";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "docs.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DocsList"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["DocsPage"];
                        /** @constant */
                        event: "docs.list";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "event.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["EventList"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["EventPage"];
                        /** @constant */
                        event: "event.list";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    events: {
        parameters: {
            query?: {
                /** @description The cursor to go on from. Without it: from now on. */
                since?: string;
                /** @description Names, `task.*` or `*`, with commas between. */
                types?: string;
                /** @description Only events of this task. */
                task?: string;
                /** @description Only events of tasks of this project. */
                project?: string;
            };
            header?: {
                /** @description The same as `since`; it wins. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, one message each: `id` is the cursor, `event` the type, `data` an Event. `event: lagged` says that some were missed. Without an end. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "git.auto_commit.notify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["GitAutoCommit"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["GitCommitNoted"];
                        /** @constant */
                        event: "git.auto_commit.notify";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "git.context.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["GitContextGet"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["GitContext"];
                        /** @constant */
                        event: "git.context.get";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    handlers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "hook.agent_stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["HookAgentStop"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["HookStopped"];
                        /** @constant */
                        event: "hook.agent_stop";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "hook.event": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["HookEvent"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["HookRecorded"];
                        /** @constant */
                        event: "hook.event";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "hook.notification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["HookNotification"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["HookReceived"];
                        /** @constant */
                        event: "hook.notification";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "hook.post_tool": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["HookPostTool"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["HookProcessed"];
                        /** @constant */
                        event: "hook.post_tool";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "hook.pre_compact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["HookPreCompact"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["HookCompacting"];
                        /** @constant */
                        event: "hook.pre_compact";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "hook.pre_tool": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["HookPreTool"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["HookJudged"];
                        /** @constant */
                        event: "hook.pre_tool";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "hook.todo_write": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["HookTodoWrite"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["HookTodosWritten"];
                        /** @constant */
                        event: "hook.todo_write";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "hook.user_prompt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["HookUserPrompt"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["HookPrompted"];
                        /** @constant */
                        event: "hook.user_prompt";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "key.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["KeyCreate"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["KeyCreated"];
                        /** @constant */
                        event: "key.create";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "key.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["KeyList"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["KeyPage"];
                        /** @constant */
                        event: "key.list";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "key.revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["KeyRevoke"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["KeyRevoked"];
                        /** @constant */
                        event: "key.revoke";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "project.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ProjectList"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ProjectPage"];
                        /** @constant */
                        event: "project.list";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "queue.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["QueueList"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["QueuePauses"];
                        /** @constant */
                        event: "queue.list";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "queue.pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["QueuePause"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["QueuePaused"];
                        /** @constant */
                        event: "queue.pause";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "queue.resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["QueueResume"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["QueueResumed"];
                        /** @constant */
                        event: "queue.resume";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    routes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            404: components["responses"]["Error404"];
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    rpc: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    id?: string | number | null;
                    /** @constant */
                    jsonrpc: "2.0";
                    method: string;
                    params?: Record<string, never>;
                } | {
                    id?: string | number | null;
                    /** @constant */
                    jsonrpc: "2.0";
                    method: string;
                    params?: Record<string, never>;
                }[];
            };
        };
        responses: {
            /** @description The answer, or the answers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error?: {
                            code: number;
                            data?: unknown;
                            message: string;
                        };
                        id: string | number | null;
                        /** @constant */
                        jsonrpc: "2.0";
                        result?: unknown;
                    } | {
                        error?: {
                            code: number;
                            data?: unknown;
                            message: string;
                        };
                        id: string | number | null;
                        /** @constant */
                        jsonrpc: "2.0";
                        result?: unknown;
                    }[];
                };
            };
            /** @description A notification: nothing is answered. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "rpc batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    id?: string | number | null;
                    /** @constant */
                    jsonrpc: "2.0";
                    method: string;
                    params?: Record<string, never>;
                }[];
            };
        };
        responses: {
            /** @description The answers, or one error if there is no such array. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error?: {
                            code: number;
                            data?: unknown;
                            message: string;
                        };
                        id: string | number | null;
                        /** @constant */
                        jsonrpc: "2.0";
                        result?: unknown;
                    }[] | {
                        error?: {
                            code: number;
                            data?: unknown;
                            message: string;
                        };
                        id: string | number | null;
                        /** @constant */
                        jsonrpc: "2.0";
                        result?: unknown;
                    };
                };
            };
        };
    };
    schemas: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                method: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            400: components["responses"]["Error400"];
            401: components["responses"]["Error401"];
            403: components["responses"]["Error403"];
            /** @description There is no such method. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: string;
                        event: string;
                    } | components["schemas"]["Error"];
                };
            };
            408: components["responses"]["Error408"];
            409: components["responses"]["Error409"];
            410: components["responses"]["Error410"];
            413: components["responses"]["Error413"];
            429: components["responses"]["Error429"];
            500: components["responses"]["Error500"];
            503: components["responses"]["Error503"];
            504: components["responses"]["Error504"];
        };
    };
    "session.end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SessionEnd"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionOver"];
                        /** @constant */
                        event: "session.end";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "session.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SessionList"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionPage"];
                        /** @constant */
                        event: "session.list";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "session.rehydrate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SessionRehydrate"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionRehydrated"];
                        /** @constant */
                        event: "session.rehydrate";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "session.snapshot.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SnapshotCreate"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SnapshotCreated"];
                        /** @constant */
                        event: "session.snapshot.create";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "session.start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SessionStart"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionBegun"];
                        /** @constant */
                        event: "session.start";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "session.state.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SessionStateGet"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionState"];
                        /** @constant */
                        event: "session.state.get";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.batch.process": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemBatchProcess"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemBatchDone"];
                        /** @constant */
                        event: "system.batch.process";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.check_health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemCheckHealth"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemHealthChecked"];
                        /** @constant */
                        event: "system.check_health";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemDiscover"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemDiscovered"];
                        /** @constant */
                        event: "system.discover";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.flush": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemFlush"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemFlushed"];
                        /** @constant */
                        event: "system.flush";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.get_state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemGetState"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemState"];
                        /** @constant */
                        event: "system.get_state";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemHealth"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemHealthFound"];
                        /** @constant */
                        event: "system.health";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemHeartbeat"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemHeartbeatDone"];
                        /** @constant */
                        event: "system.heartbeat";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemInstances"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemInstancePage"];
                        /** @constant */
                        event: "system.instances";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemMetrics"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemMetricsFound"];
                        /** @constant */
                        event: "system.metrics";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.quorum.vote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemQuorumVote"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemQuorumVoted"];
                        /** @constant */
                        event: "system.quorum.vote";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemRegister"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemRegistered"];
                        /** @constant */
                        event: "system.register";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.scaling": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemScaling"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemScalingFound"];
                        /** @constant */
                        event: "system.scaling";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemServers"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemServersFound"];
                        /** @constant */
                        event: "system.servers";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemSettings"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemSettingsFound"];
                        /** @constant */
                        event: "system.settings";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "system.unregister": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemUnregister"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemUnregistered"];
                        /** @constant */
                        event: "system.unregister";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskAssign"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskAssigned"];
                        /** @constant */
                        event: "task.assign";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskCancel"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskCancelled"];
                        /** @constant */
                        event: "task.cancel";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskClaim"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TasksClaimed"];
                        /** @constant */
                        event: "task.claim";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskComplete"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskCompleted"];
                        /** @constant */
                        event: "task.complete";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.complete_many": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskCompleteMany"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TasksCompleted"];
                        /** @constant */
                        event: "task.complete_many";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskCreate"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskCreated"];
                        /** @constant */
                        event: "task.create";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.create_attachment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AttachmentCreate"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AttachmentCreated"];
                        /** @constant */
                        event: "task.create_attachment";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.create_many": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskCreateMany"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TasksCreated"];
                        /** @constant */
                        event: "task.create_many";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskDelete"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskDeleted"];
                        /** @constant */
                        event: "task.delete";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.delete_attachment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AttachmentDelete"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AttachmentDeleted"];
                        /** @constant */
                        event: "task.delete_attachment";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.dependencies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskDependencies"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskGraph"];
                        /** @constant */
                        event: "task.dependencies";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskExplain"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskExplanation"];
                        /** @constant */
                        event: "task.explain";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.fail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskFail"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskSettled"];
                        /** @constant */
                        event: "task.fail";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskGet"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Task"];
                        /** @constant */
                        event: "task.get";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.get_attachment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AttachmentGet"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Attachment"];
                        /** @constant */
                        event: "task.get_attachment";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.get_attachments_batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AttachmentGetBatch"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AttachmentBatch"];
                        /** @constant */
                        event: "task.get_attachments_batch";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskHeartbeat"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskHeartbeatDone"];
                        /** @constant */
                        event: "task.heartbeat";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskHistory"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskHistoryPage"];
                        /** @constant */
                        event: "task.history";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskList"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskPage"];
                        /** @constant */
                        event: "task.list";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.list_attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AttachmentList"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AttachmentPage"];
                        /** @constant */
                        event: "task.list_attachments";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskRedrive"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TasksRedriven"];
                        /** @constant */
                        event: "task.redrive";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskRelease"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskSettled"];
                        /** @constant */
                        event: "task.release";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskRetry"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskRetried"];
                        /** @constant */
                        event: "task.retry";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskStats"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskCounts"];
                        /** @constant */
                        event: "task.stats";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.unassign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskUnassign"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskUnassigned"];
                        /** @constant */
                        event: "task.unassign";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "task.update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskUpdate"];
            };
        };
        responses: {
            /** @description It was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskUpdated"];
                        /** @constant */
                        event: "task.update";
                        /** @constant */
                        success: true;
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["Failure400"];
            401: components["responses"]["Failure401"];
            403: components["responses"]["Failure403"];
            404: components["responses"]["Failure404"];
            408: components["responses"]["Failure408"];
            409: components["responses"]["Failure409"];
            410: components["responses"]["Failure410"];
            413: components["responses"]["Failure413"];
            429: components["responses"]["Failure429"];
            500: components["responses"]["Failure500"];
            503: components["responses"]["Failure503"];
            504: components["responses"]["Failure504"];
        };
    };
    "event agent.stopped": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["agent.stopped"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event alert.tool_errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["alert.tool_errors"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event batch.completed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["batch.completed"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event config.changed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["config.changed"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event context.pre_compact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["context.pre_compact"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event git.auto_commit.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["git.auto_commit.created"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event hook.event.executed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["hook.event.executed"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event hook.post_tool.executed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["hook.post_tool.executed"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event hook.pre_tool.executed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["hook.pre_tool.executed"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event hook.todo_write.executed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["hook.todo_write.executed"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event hook.user_prompt.executed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["hook.user_prompt.executed"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event instance.failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["instance.failed"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event instance.registered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["instance.registered"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event instance.unregistered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["instance.unregistered"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event key.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["key.created"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event key.revoked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["key.revoked"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event login.ended": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["login.ended"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event login.started": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["login.started"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event notification.received": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["notification.received"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event queue.paused": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["queue.paused"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event queue.resumed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["queue.resumed"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event quorum.decision.made": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["quorum.decision.made"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event replica.lagging": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["replica.lagging"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event replica.recovered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["replica.recovered"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event session.ended": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["session.ended"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event session.rehydrated": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["session.rehydrated"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event session.snapshot.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["session.snapshot.created"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event session.started": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["session.started"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event system.flushed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["system.flushed"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.assigned": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.assigned"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.attachment.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.attachment.created"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.attachment.deleted": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.attachment.deleted"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.attempt_failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.attempt_failed"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.cancel_requested": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.cancel_requested"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.cancelled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.cancelled"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.claimed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.claimed"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.completed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.completed"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.created"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.deleted": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.deleted"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.released": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.released"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.retried": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.retried"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.unassigned": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.unassigned"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.unblocked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.unblocked"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "event task.updated": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["task.updated"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
