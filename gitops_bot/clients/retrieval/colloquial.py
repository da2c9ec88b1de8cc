"""How people who were just woken up say it: expressions that are looked for in questions, and not in runbooks.

The form is that of `vocabulary.CONCEPTS`. What is too vague to be evidence in a page ("gone", "mongo", "graphs") still
tells what somebody asks for.
"""

from __future__ import annotations

ASKED = """
    crash: falls over, fell over, fall over, comes up again, dies, dying, died, killed, restarted, rebooting,
        restarting again, blows up, bombs out, aborts, core dump, exits, exit, quits, stops right away, bounces,
        respawn, does not stay up, won't stay up, not stay up, starts and stops, segmentation fault, stack trace,
        sigkill, sigterm, sigsegv, exits with, start loop, over and over, again and again
    failing: fail, error, cannot, can't, unable, not able, does not work, doesn't work, not working, broken, breaks,
        unsuccessful, couldn't, went wrong, wrong, trouble, faulty, refused, refuses, denied, not possible,
        impossible, exception, ended with an error, not succeed, no success, gives up, mistake
    down: gone, vanish, vanished, offline, crashed, went away, went down, stops, shut down, powered off, dead, dies,
        died, lost, times out, timed out, timeout, no response, does not reply, no reply, no answer, no sign of,
        nowhere, not up, not available, no longer up, no longer runs, not running, silent, unresponsive, hangs, left
        the cluster, fell out, out of the cluster, absent, turned off, off the network, cannot be contacted, contact,
        nothing answers
    unreachable: lost contact, no contact, times out, timed out, timeout, cannot ping, can't ping, no ping, can't ssh,
        cannot ssh, no route, cut off, isolated, partitioned, does not reply, no longer answers, not answering, silent
    latency: takes seconds, takes minutes, takes long, takes too long, long time, very long, ages, forever, crawls,
        crawl, lag, laggy, response times, slow to, waits seconds, can't keep up, cannot keep up, not keep up, delay,
        delays, p95, quantile
    too-long: way longer, longer than usual, longer than expected, overdue, still not finished, still not done, should
        have finished, should be done, runs and runs, endless, since yesterday, all night
    complete: ended, ends, done, finishes
    stuck: does not advance, not advance, does not move, won't move, no movement, does not continue, won't continue,
        not continue, does not get past, half done, half finished, never completes, won't complete, not going forward,
        still old, some still run, waits for, won't go through, does not go through, blocked, on hold, standstill
    rollout: taken over, new image, newer image, new build, shipped, ship a new, upgraded, updated, deploying,
        deployed, roll, rolled, new tag, version bump, bumped
    rollback: undid, undone, reverted, went back, old version again, taken back, somebody undid
    generation: not taken over, newer spec, spec changed, changed spec, controller has not seen, not seen the change,
        not picked up by the controller
    mismatch: too few, fewer, less, all we see, all we get, we only see, we only have, we only get, only have, but
        only, only two, only three, only one, only half, out of three, out of five, short of, missing replicas, not as
        many, not enough, asked for, more than it should, supposed to have, different, not the same, disagree, unlike
    replicas: instances of, copies, containers of, pods of, how many, web servers, number of instances, third pod,
        second pod, last pod
    deployment: frontend, front end, backend, back end, web tier, web app, webapp, microservice, stateless, website,
        web service, api pods, application server
    statefulset: stateful, database set, ordinal, cassandra, mongo, mongodb, postgres, postgresql, mysql, mariadb,
        redis, kafka, zookeeper, elasticsearch, rabbitmq, consul, clickhouse, minio, database cluster, database pods
    every-node: agent, agents, daemon, daemons, filebeat, fluentd, fluent bit, fluentbit, promtail, log shipper, log
        collector, node exporter, datadog, cilium, calico, csi driver, on every machine, on all machines, on each
        machine, all workers, each worker, every worker, every server, each server, node local, half of the workers,
        some machines, some of the workers, some workers
    misplaced: landed on, ended up on, not belong, does not belong, wrong place, wrong machine, although it is not
        supposed, should not be there, should not be on, not meant to run, tainted, excluded nodes
    autoscaler: scaler, scale out, scaling out, scale up, scaling, scales, scale, grow, grow further, elastic
    maximum: largest, largest size, biggest, the most it may, the end of its range, cannot grow, can't grow, no
        further, as far as it goes, topped out, peak, allowed maximum, cannot go higher, can't go higher, ceiling,
        upper end
    job: import, export, cleanup, migration, backup, report, etl, one off, nightly, cron, batch run, task
    waiting: registry, pull secret, image name, image tag, wrong image, wrong tag, missing secret, missing configmap,
        config map not found, secret not found, nothing starts, does not start, won't start, not start, docker pull,
        image does not exist, image not found, container init, initialising, initializing, creating
    not-ready: health endpoint, health check, healthcheck, never turns green, not green, not healthy, liveness, probe,
        probes, gets no traffic, no traffic, out of the load balancer, no endpoints, pending, sits there, is not
        serving
    throttling: cgroup, cgroups, limited by the kernel, slowed down, slowed, cpu starved, starved, cpu limit, cpu
        limits, processor limit
    processor: processing power, compute power, cores
    memory: ram, gigs of memory, heap
    volume: drive, ebs, gp3, nfs, ceph, longhorn, azure disk, pd ssd, data disk, mounted disk, cloud disk, mounted
        volume, database disk, disk of the database, attach, attached, detach, bigger disk, resize
    provisioning: cannot be attached, attach, attached, not bound, bind, cannot mount, can't mount, mount fails,
        storage backend
    disk-space: drive, gigabyte, gigabytes, gb, mb, megabytes, root disk, ephemeral storage, df
    almost-full: overflow, gb left, mb left, gigabytes left, bytes left, percent left, nearly nothing left, not much
        left, little left, only left, hours left, by tomorrow, soon, in a couple of hours, in a few hours, within
        hours, tonight, percent used, shrinking, getting tight, tight, bigger, growing, soon be full, left on
    full: at capacity, no capacity, nothing left, zero left, cannot write, can't write, writes fail, no more, no room,
        bursting, overflowed, may not create, cannot create, can't create, not create, too large, too big, is
        forbidden, exhausted, writes are refused, reached
    inodes: create any more files, more files, many files, millions of files, lots of files, cannot create files,
        can't create files, cannot create a file, small files
    file-descriptors: handles, descriptors, sockets open, file handles, too many files open, open sockets
    quota: allowance, project, team, tenant, entitled, allocation, budget of the namespace, may not create, namespace
    overcommit: in reserve, reserve, spare, should a machine die, if a machine dies, if a node fails, if one fails,
        one node less, machine fails, node fails, node failure, sum of, add up, adds up, in total, sold more,
        promised, promises, more than we have, headroom, loses a node, survive, redundancy of nodes
    node: worker, machine, box, server, instance, vm, host, ec2, hardware, metal
    kubelet: node agent, agent of the machine
    pods-limit: packed, too much on, too many containers, too many on, crowded, overcrowded, how many pods, pods on
        it, 110
    startup: until it runs, until something, takes until, start of pods, starting pods, come up, starts slowly, slow
        to start, placed on
    agent-events: container runtime is slow, containerd is slow, docker is slow, relist
    scheduler: nothing is placed, being placed, placing, placement, assigns pods, assign pods, nothing gets placed,
        everything waits, everything is pending, all pods pending
    controller-manager: controllers, reconciliation of the cluster, nothing is reconciled, garbage collection, no new
        pods are made
    proxy: virtual address, virtual ip, virtual ips, service address, service addresses, nodeport, node port, service
        routing, reached through
    control-plane: kubectl, masters, cluster api, the api of the cluster, kubernetes endpoint, api endpoint, 6443
    client: login file, kubeconfig, service account, admin access, our access, who calls, caller, component calls
    certificate: credential, credentials, login file, key pair, keys
    expiring: too old, old credentials, about to stop working, about to end, about to run out, runs out, run out, ends
        soon, valid until, not valid, becomes invalid, gets invalid, tomorrow, next week, days left, only valid, end
        of life, out of date
    renewal: renewed, new certificate, not get a new, cannot get a new, could not get a new, rotates, csr, signing
        request, signing
    aggregated: extension server, metrics for autoscaling, kubectl top, custom metrics, apiservice, registered api,
        adapter
    error-budget: objective, reliability target, too unreliable, monthly objective, in danger, target is in danger,
        availability goal
    terminated-requests: turned away, turns away, sheds, load shedding, cancelled requests, cancels requests, 429,
        overloaded, overload, dropped requests
    version: release, releases, half upgraded, upgraded and, were not upgraded, older release, newer release,
        different release
    quorum: majority, raft, more than half, two of three, cannot vote, can't vote, votes, minority, members left
    key-value-store: state store, cluster state, cluster store, state database, cluster database, raft, config store
        of the cluster, backing store
    leader: raft has no, nobody leads, no one leads, election, vote, votes, elects
    member: peers, peer, one of three, one of the three, one of five
    database-size: too large, larger, grew, growing, database is big, big database, database full, size of the store
    disk-write: write ahead log, disk can't keep up, disk cannot keep up, syncing to disk, disk sync, spinning disk,
        commits to disk, writes
    scrape: exporter, endpoint, collect, collects, collected, no data from, no metrics from, pulls metrics, does not
        see our
    samples: graphs, graph, dashboard, dashboards, charts, panels, data, measurements, values
    ingest: graphs empty, empty graphs, dashboards empty, empty dashboards, no graphs, no values, no new values, been
        empty, nothing new, flat line, stopped recording, records nothing, no data anywhere
    always-on: should always get, always get, always comes, never goes away, does not go away, permanently, constantly
        there, test alert, heart beat, stopped arriving, no longer arrives, end to end, proves that
    inhibit: keeps quiet, quiet, suppressing, noise, noisy, low priority
    info: low priority, unimportant
    network-interface: uplink, nic, cable, ens, eth1, eth, network port, switch port, wifi
    flapping: bounce, bounces, bouncing, in and out, alternates, alternating, jumps, comes and goes, off and on, on
        off, again and again, repeatedly, link up, link down, loses its link, and back, back again, changes its mind
    receive: rx, received packets, incoming, inbound, arriving packets, arrive broken, receives
    transmit: tx, outgoing, outbound, sent packets, sends, going out
    connection-tracking: connections of the node, too many connections, connection limit of the kernel, table full,
        dropping packet, nf conntrack
    clock: time differs, server time, time of the server, time of the machine, wall clock, clocks, time drifts,
        seconds off, minutes off, half a minute, timestamps of the node, system clock
    skew: differs from the rest, seconds off, minutes off, ahead, drifted, drifts, differs, wrong
    raid: mirrored, mirrored drives, drives, drive, mirror, hot spare, array, disk array, storage controller
    disk-failure: has to be replaced, must be replaced, to be replaced, replace, replaced, replacement, broken drive,
        drive is dead, smart errors, bad sectors, faulty disk, broken disk
    text-file: custom metrics files, prom file, metric files, collector script, collector scripts, textfile
    notify: paged, pages, informed, told, notified, sms, mail, mails, mattermost, teams, telegram, alarm, alarms,
        nobody was told, nobody got, webhook, chat, phone
    all: nobody, no one, nothing at all, none of, everywhere, everyone, everything, completely, at all
    some: one replica, one instance, one of, single instance, some of, only one, sometimes
    configuration: routing tree, routing, routes, route, receivers file, definitions, yml
    reload: changed, edited, edit, nothing happened, no effect, not used, not active, previous file, old file, still
        has the, still uses the, still the old, not live, not in effect, new settings, brings new settings, does not
        use, ignored my change, did not take, not taken
    bad-configuration: edited, not used, previous file, mistake, typo, wrong file, broken file, broken configuration,
        indentation, malformed
    inconsistent: differs, different, not equal, divergent, diverged, not the same, drifted apart, out of sync
    discover: finds, find, sees, see, know each other, know of each other, join, join the cluster, joined, mesh, not
        connected to each other
    remote-write: central, central store, central metrics, central monitoring, long term, copy of the metrics, ship,
        shipped, downstream, cloud storage of metrics, data warehouse for metrics, grafana cloud, influxdb, federated,
        forward metrics, send metrics, forwarding
    behind: minutes old, hours old, stale, out of date, not current, not up to date, backlog, late, old data, twenty
        minutes
    send: ship, ships, shipped, forwards, hands over, passes on, delivers, get to, arrive, arrives
    shards: workers in parallel, concurrency, threads
    rules: query, queries, definition, definitions, alerting definitions, rule file, expression, recorded metrics
    evaluation: evaluates, calculates, calculated, computes, formula
    missed: left out, skipped, not run, not executed, too slow, misses
    compact: merged, merge, combine, combined, merging, not merged
    tsdb: blocks, its database, its storage, local storage, database of prometheus
    drop: left out, leaves out, thrown out, throws away, discarded, skips, skipped, refuses, not accepted, not stored,
        lost
    limit: than allowed, more than allowed, too many, allowed, over the limit, above the limit
    labels: tags, attributes, dimensions, cardinality
    duplicate: twice, same time, two values, repeated, same second
    out-of-order: too late, wrong order, older than, in the past, late, not in order, unsorted
    reject: mistake, does not use it, not used, ignores, invalid, refuses, turned down, validation, not accepted, does
        not accept
    custom-resource: monitor object, my monitor, custom object, object, resource kind, podmonitor, probe object,
        alertmanagerconfig
    config-reloader: sidecar, reloading container, second container, helper container
    lookup: information on, find nodes, ask for nodes
"""
