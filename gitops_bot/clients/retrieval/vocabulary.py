"""The vocabulary of Kubernetes, Prometheus and on-call people: one thing, many ways to say it.

Each entry of `CONCEPTS` is a meaning and its expressions, apart by commas; endings do not matter ("restarts" finds
"restarting"). Written in plain small letters, from the field's language and not from any one collection of runbooks.
"""

from __future__ import annotations

# Written together or apart, it is one word; the right side is how it is indexed.
COMPOUNDS = """
    stateful set, daemon set, replica set, config map, cron job, name space, work load, end point, file system, time
    stamp, api server, crash loop, roll out, roll back, over commit, mis scheduled, fail over, run book, data base,
    load balancer, back off, life cycle, time out, start up, host name, white list, black list, alert manager, service
    monitor, pod monitor, check point, snap shot, down time, up time, side car, over load, hot spot, re start, re
    load, re boot, re sync, re try, un reachable, un available, un healthy, mount point, kube let, kube proxy, in
    consistent, mis match, mis configured, dead lock, net work, key space, black box
"""

# An abbreviation, or another form of a word, and the word that stands for it.
ALIASES = """
    k8s kubernetes, kube kubernetes, db database, dbs database, cm configmap, deploy deployment, deploys deployment,
    sts statefulset, ds daemonset, rs replicaset, ns namespace, svc service, cj cronjob, config configuration, conf
    configuration, configs configuration, configured configuration, configure configuration, cfg configuration, mem
    memory, ram memory, cpus cpu, pvcs pvc, pvs pv, apis api, fs filesystem, errs error, err error, msg message, req
    request, reqs request, cert certificate, certs certificate, crt certificate, auth authentication, failure fail,
    failures fail, fault fail, faults fail, faulty fail, notification notify, notifications notify, readiness ready,
    expiry expire, expirations expire, prom prometheus, am alertmanager, ts timestamp, conn connection, conns
    connection, nic interface, repo repository, readonly read, lost lose, loses lose, losing lose, sent send, ran run,
    broken break, broke break, died die, dies die, dying die, dead die, stuck stick, sticking stick, hung hang, gone
    go, slower slow, slowly slow, slowness slow, older old, newer new, written write, wrote write, incorrect wrong,
    invalid wrong, malformed wrong, synchronization sync, synchronisation sync, synchronize sync, synchronise sync,
    synchronizing sync, synchronising sync, synchronized sync, synchronised sync, synced sync, syncing sync, authn
    authentication, authz authorization, replication replicate, availability available
"""

CONCEPTS = """
    deployment: deployment
    statefulset: statefulset
    failing: fail, error, broken, break, unable, exception, unsuccessful, does not work, not working
    crash: crash, crashing, crashloop, crashloopbackoff, keeps restarting, keeps crashing, keeps dying, restart loop,
        restarting, restarts, restart again, exit code, exited, exits, die, backoff, terminated with error, segfault,
        panic, restart count, unresponsive
    out-of-memory: oom, oomkilled, oomkill, out of memory, oom killer, memory limit exceeded, exit code 137, killed by
        kernel
    memory: memory, heap, resident set, swap
    processor: cpu, processor, core, cores, compute, millicores, processor time, vcpu
    throttling: throttling, throttle, throttled, cfs, slowed down by the kernel
    volume: pv, pvc, persistent volume, persistent volume claim, persistentvolume, persistentvolumeclaim, volume,
        claim, storage claim, block device, storage volume
    provisioning: provisioning, provision, provisioner, storage class, storageclass, bind a volume, unbound
    autoscaler: hpa, horizontal pod autoscaler, autoscaler, autoscaling, autoscale, scaler, keda
    maximum: maximum, max, maxed, maxed out, ceiling, upper limit, upper bound, at its limit, cannot scale, can't
        scale, cannot add more, highest allowed, capped
    disruption: pdb, pod disruption budget, poddisruptionbudget, disruption budget
    custom-resource: crd, custom resource, custom resource definition, customresourcedefinition, custom resources,
        servicemonitor, podmonitor, prometheusrule
    name-resolution: dns, name resolution, resolve names, coredns, kube dns, resolver, nxdomain
    encryption: tls, ssl, https, handshake, x509
    certificate: certificate, x509, pem, client cert, serving cert, kubeconfig
    serving: server certificate, serving certificate, serving cert, server cert
    expiring: expire, expiring, expiration, about to expire, runs out, no longer valid, not valid after, out of date
        soon, validity, end of validity, expires soon
    renewal: renew, renewal, rotate, rotation, rotating, reissue, refresh its certificate
    authentication: authentication, authenticate, login, log in, logs in, unauthorized, credentials, token, 401
    forbidden: forbidden, permission denied, permissions, rbac, not allowed, 403, access denied, clusterrole,
        unauthorized
    network-interface: network interface, interface, nic, eth0, network card, ethernet, link, ens5, bond0, adapter,
        network adapter
    receive: receive, received, receiving, incoming packets, inbound, rx, ingress traffic
    transmit: transmit, transmitted, outgoing packets, outbound, tx, egress traffic, outgoing, leave the machine, send
        packets
    flapping: flapping, flap, flaps, up and down, on and off, back and forth, comes and goes, changing its status,
        often changing, keeps changing, toggling, bouncing, every few minutes, intermittently, oscillates
    control-plane: control plane, apiserver, kube apiserver, kubernetes api, kube api, master, api server,
        controlplane, master node, master nodes, masters
    kubelet: kubelet, node agent, agent of the node, agent on the node, node agents
    key-value-store: etcd, key value store, etcdctl, raft store
    quorum: quorum, majority, insufficient members, split brain, enough members
    leader: leader, leader election, elect, elected, election, no leader
    member: member, members, peer, peers, instance, instances, replica
    scheduler: scheduler, kube scheduler, kubescheduler
    controller-manager: controller manager, kube controller manager, controllermanager
    schedule: schedule, scheduled, scheduling, placed on, place pods, assigned to a node, unschedulable, pending, does
        not fit, nowhere to run, rescheduled
    misplaced: misscheduled, not supposed to run, should not run, wrong node, wrong nodes, wrong machines, where they
        should not, not supposed to be
    every-node: daemonset, every node, each node, all nodes, per node agent, node agent
    replicas: replica, replicas, copies, copy, number of pods, pod count, instances running, desired number, number of
        replicas, enough pods, fewer pods, less pods
    mismatch: mismatch, not matched, does not match, do not match, differs, differ, different, unequal, fewer than,
        less than expected, not equal, disagree, inconsistent, out of step
    rollout: rollout, rolled out, rolling update, rolling upgrade, update, upgrade, new version, new revision,
        release, old revision, old version
    rollback: rollback, roll back, revert, reverted, undo, previous version
    stuck: stuck, stick, hang, hangs, hanging, hung, not progressing, no progress, does not progress, stalled, never
        finishes, halts, half way, halfway, frozen, waiting for, blocked, does not finish, not finish, does not move
    too-long: taking more than, takes too long, taking too long, long running, running for hours, takes forever, takes
        ages, for hours, never finishes, does not finish, still running, does not end, not complete, not completed
    job: job, cronjob, batch, batch job, scheduled task, nightly, task
    complete: complete, completed, completion, finish, finished, done
    waiting: waiting, wait, containercreating, container creating, imagepullbackoff, errimagepull, image pull, pull
        the image, pulling the image, pull image, createcontainerconfigerror, cannot start, not started, never starts
    not-ready: not ready, notready, unready, non ready, never ready, never becomes ready, readiness probe, readiness
        check, ready check, isn't ready, is not ready, not become ready, unhealthy
    node: node, nodes, host, hosts, machine, machines, worker, workers, server, servers, vm, box
    down: down, gone, disappeared, disappear, not running, unreachable, not reachable, missing, absent, vanished,
        dead, die, offline, lost, cannot be reached, can't reach, cannot reach, not there, no longer there, not
        responding, does not respond, does not answer, not answer, unavailable, dropped out, outage, connection
        refused, cannot connect, can't connect
    unreachable: unreachable, not reachable, not been reachable, cannot reach, can't reach, does not answer, no
        answer, not respond, not responding, network partition, no route to host, cut off, cannot be reached, not able
        to reach, lost contact
    request: request, requests, call, calls, query, queries, rpc, traffic
    terminated-requests: terminated, terminate, dropping requests, drops requests, rejecting requests, shedding,
        rejects requests, load shedding, rejected requests, too many requests, 429, priority and fairness
    error-rate: error, errors, 5xx, 500, 503, failing requests, failed requests, exceptions
    error-budget: error budget, budget, burn, burn rate, burning, slo, service level objective, sla, availability
        target
    latency: latency, slow, takes too long, takes forever, takes ages, take forever, take ages, high duration,
        duration, response time, seconds to, delay, delayed, too slow, percentile, p99, 99th percentile, sluggish
    startup: startup, start up, starting, come up, comes up, boot, starts slowly, pod start, container start
    client: client, clients, consumer, caller
    aggregated: aggregated, apiservice, apiservices, aggregated api, aggregation layer, metrics server, extension api,
        custom metrics api, aggregation
    quota: quota, quotas, resource quota, resourcequota, namespace limit, allowed limits, hard limit, allowance
    overcommit: overcommit, overcommitted, over committed, oversubscribed, overbooked, more than it has, higher than
        the capacity, exceeds cluster capacity, more than we have, more than we own, tolerate node failure, lose a
        node, lose one, loss of a node, node dies
    almost-full: almost full, nearly full, near the limit, close to the limit, almost used up, nearly used up, getting
        full, getting close, approaching, running low, running full, filling up, fills up, will be full, nearly out,
        running out, almost out, soon full, percent full, run out, going to be full, fill up, low space, about to fill
    full: full, exhausted, used up, out of space, no space left, space left, no room, out of room, exceeded, exceed,
        exceeds, over its quota, reached its limit, out of disk, disk full, no more space, fully used, used all,
        saturated, too big
    disk-space: filesystem, disk, disk space, file system, partition, mountpoint, mount, storage space, no space left,
        space left, root partition, storage, space
    inodes: inode, inodes, tiny files, small files, number of files, many files, df i
    file-descriptors: file descriptor, file descriptors, open files, too many open files, ulimit, nofile, emfile, file
        handles, files opened
    connection-tracking: conntrack, connection tracking, nf conntrack, connection table, netfilter, tracking table,
        tracked connections
    clock: clock, ntp, chrony, chronyd, time sync, time synchronization, system time, timesyncd, time is off, wrong
        time, time server, time servers, ptp
    skew: skew, skewed, drift, time is off, off by, wrong time, clock is wrong, ahead, in the past, in the future
    sync: sync, synchronize, in step, ntp, reconcile, reconciling, reconciliation
    raid: raid, mdadm, array, md array, mirror, software raid, redundancy, raid1, raid5, md0
    degraded: degraded, without redundancy, degrade, reduced
    disk-failure: failed device, disk failure, disk failed, broken disk, disk broke, disk died, bad disk, failed disk,
        dead disk, defective, device failed, disk swap, drive failed, broken drive, replace disk
    disk-write: fsync, wal, wal fsync, disk sync, slow disk, disk latency, flush, writes to disk, write to disk, disk
        is slow, slow storage, iops, writes of
    database-size: database size, db size, database space, mvcc, defrag, defragment, defragmentation, compaction,
        fragmented, backend quota, nospace
    version: version, versions, semantic version, different releases, release, minor version, version skew
    scrape: scrape, scraping, scraped, scrapes, collect metrics, pull metrics, target, targets, exporter, exporters,
        metrics endpoint
    text-file: textfile, text file, text file collector, prom files, textfile collector, custom metrics on a node
    notify: notify, notification, notifications, page, pager, paging, slack, pagerduty, opsgenie, email, webhook,
        integration, integrations, receiver, receivers, deliver, delivered, delivery, alert channel, send alerts,
        sending alerts
    send: send, sending, sends, push, pushes, deliver, forward, post, ship, transmit, upload, reach
    queue: queue, queued, backlog, pile up, piles up, piling up, buffer
    all: all, any, none, every, each, nobody, anybody, at all, whole, entire, nothing
    some: some, one of, specific, one, a single, particular, certain, at least one
    half: half, most of, majority, several, more than half, half or more
    configuration: configuration, settings, setting, config file, yaml, yml, configuration file, options
    reload: reload, reloading, reloaded, picked up, pick up, apply the new, take over the new, accept new, did not
        accept, loaded, load, take effect, not applied, still runs with the old, old configuration
    bad-configuration: bad configuration, wrong configuration, wrong content, syntax error, syntax, parse error,
        cannot parse, invalid configuration, yaml error, does not parse, incorrect content, typo, unmarshal,
        misconfigured, misconfiguration, did not accept, wrong
    inconsistent: inconsistent, inconsistency, different configuration, not the same, do not agree, disagree, differ,
        different, unlike
    discover: discover, discovered, discovery, see each other, find each other, cannot be found, service discovery,
        gossip, found
    ingest: ingest, ingesting, ingestion, new samples, new data, no data, no new data, data points, no metrics, no new
        metrics, append samples
    samples: sample, samples, series, time series, data points, data point, datapoints, metrics
    out-of-order: out of order, too old, older than, late, come late, arriving late, arrives late, in the wrong order,
        old samples, wrong order
    duplicate: duplicate, duplicates, duplicated, same timestamp, twice, double, different value but same
    timestamp: timestamp, timestamps, time of the sample
    remote-write: remote write, remote storage, remote endpoint, long term storage, thanos, mimir, cortex,
        victoriametrics, remotewrite, remote
    behind: behind, lag, lags, lagging, delayed, falls behind, minutes behind, catch up, delay, late
    shards: shard, shards, sharding, sharded, parallel workers, parallel senders, parallelism, total shards
    rules: rule, rules, recording rule, recording rules, alerting rule, alerting rules, rule group, expression,
        prometheusrule, expressions
    evaluation: evaluation, evaluate, evaluated, evaluations, rule evaluation, execution error, calculate, computed,
        matching, promql
    missed: missed, missing, skipped, skip, skips, iteration missed, takes too long
    tsdb: tsdb, time series database, block, blocks, head block, wal, chunks
    compact: compact, compaction, compactions, compacting, merge, merging
    drop: drop, drops, dropped, dropping, ignore, ignored, ignores, thrown away, throw away, discard, discarded,
        discards, lost, rejected, reject, refused
    limit: limit, limits, threshold, too many, exceed, exceeded, more than allowed, cap, max
    labels: label, labels, too many labels, label limit, label length, cardinality
    reject: reject, rejected, rejects, refuse, refused, not accepted, ignored, not valid, wrong
    list: list, listing, list operation, enumerate
    watch: watch, watching, watches, watch operation, stream of changes
    lookup: lookup, look up, information about nodes, information on nodes, get nodes
    always-on: always firing, always fire, always on, fires all the time, constantly firing, never resolves, dead
        man's switch, dead mans switch, deadman, deadmansswitch, watchdog, heartbeat, entire alerting pipeline,
        alerting pipeline
    inhibit: inhibit, inhibition, inhibitor, inhibits, silence, silences, silencing, suppress, suppresses, mute, mutes
    info: info, informational, informative, low severity
    agent-events: pleg, lifecycle event generator, relist, relisting
    pods-limit: too many pods, 110 pods, maxpods, max pods, pod limit, pods per node, capacity of pods, pod capacity,
        number of pods
    generation: generation, observed generation, observedgeneration, controller observed, observed
    pod: pod, pods, application, applications, app, apps
    proxy: kubeproxy, kube proxy, service ip, service ips, clusterip, cluster ip, iptables, ipvs
    config-reloader: config reloader, reloader, configuration reloader, sidecar
    operator: operator, prometheus operator, controller
    kube-state-metrics: ksm, kube state metrics
"""

# A page about one of a line is hardly a page about another of it. `~` marks a meaning of `CONCEPTS`.
CONTRASTS = """
    deployment, statefulset, daemonset, job, ~autoscaler
    ~processor, ~memory
    client, server
    ~receive, ~transmit
    list, watch
    scheduler, ~controller-manager, ~kubelet, ~control-plane, ~key-value-store, ~proxy
    prometheus, alertmanager, ~kube-state-metrics, grafana
"""

# What Kubernetes calls events, reasons and kinds: CamelCase, but the name of no alert.
NO_ALERTS = """
    CrashLoopBackOff ImagePullBackOff ErrImagePull ErrImageNeverPull InvalidImageName CreateContainerConfigError
    CreateContainerError RunContainerError PostStartHookError ContainerCreating ContainerCannotRun PodInitializing
    DeadlineExceeded OOMKilled OOMKilling SystemOOM BackOff FailedScheduling FailedMount FailedAttachVolume
    FailedCreate FailedCreatePodSandBox FailedKillPod FailedSync FailedBinding FailedUnMount FailedDetachVolume
    FailedPreStopHook FailedPostStartHook FailedGetResourceMetric FailedGetScale FailedComputeMetricsReplicas
    NetworkNotReady NotReady NodeNotReady NodeReady NodeNotSchedulable NodeHasDiskPressure NodeHasInsufficientMemory
    MemoryPressure DiskPressure PIDPressure EvictionThresholdMet FreeDiskSpaceFailed ProgressDeadlineExceeded
    ReplicaSetUpdated MinimumReplicasUnavailable ReplicaFailure BackoffLimitExceeded ProvisioningFailed
    VolumeResizeFailed WaitForFirstConsumer UnexpectedAdmissionError OutOfSync SyncFailed SyncError ComparisonError
    InvalidSpecError PersistentVolume PersistentVolumeClaim StatefulSet DaemonSet ReplicaSet ConfigMap CronJob
    HorizontalPodAutoscaler PodDisruptionBudget CustomResourceDefinition NetworkPolicy ServiceAccount ServiceMonitor
    PodMonitor PrometheusRule StorageClass ResourceQuota LimitRange ReadWriteOnce ReadWriteMany ClusterRole
    RoleBinding APIService KubeletConfiguration
"""

STOP_WORDS = """
    a about above across after again against ago ain all along already also although always am among an and another
    any anymore anyone anything anyway are aren around as at away back be became because become becomes been before
    being below beside best better between both but by came can cannot can't come comes coming could couldn did didn
    do does doesn doing don done due during each either else enough especially etc even ever every everyone everything
    few first for forever from further gave get gets getting give given gives giving go goes going gone good got had
    has hasn have haven having he hello help hence her here hers hey hi him his how however i if in indeed inside
    instead into is isn it its itself just keep keeps kept kind know last late lately later least less let like likely
    little look looking looks lot lots made main make makes making many may maybe me mean means might mine more most
    much must my near need needs neither never new next no nobody none nor not nothing now of off often ok okay on
    once one ones only onto or other others otherwise our ours out over own per perhaps please possible possibly put
    quite rather really right said same saw say says see seem seems seen several shall she should shouldn show shows
    shown side since so some somebody somehow someone something sometimes somewhat soon still such suddenly sure take
    taken takes taking tell than thank thanks that the their theirs them then there these they thing things think this
    those though through thus till to together too took toward towards tried try trying two under unless until up upon
    us use used uses using usually various very via want wanted wants was wasn way we well went were weren what
    whatever when where whether which while who whole whom whose why will with within without won would wouldn x yes
    yet you your yours second seconds minute minutes hour hours day days week weeks month night morning today tomorrow
    yesterday tonight alert alerts fire fires firing fired trigger triggered severity warning critical summary
    description message annotation annotations runbook runbooks url http https www value labels alertname currently
    following longer three four five six seven eight nine ten half stuff issue issues problem problems check page com
    io couple dozen twenty thirty forty fifty hundred thousand third fourth fifth usual normal normally everywhere
    somewhere nowhere anywhere midnight noon evening weekend monday tuesday wednesday thursday friday saturday sunday
    apparently properly correctly actually simply rest entire happened happens happen happening idea care worry urgent
    important strange weird odd pls advice colleague colleagues customer customers boss manager wonder guess believe
"""
