import type { FileStore } from '@clipscribe/file-store';
import type { JobStore } from '@clipscribe/job-store';

/** A real job store, with faults in place of some of its methods. */
export function faultyJobs(store: JobStore, faults: Partial<JobStore>): JobStore {
  return {
    get: (id) => store.get(id),
    replace: (job, version) => store.replace(job, version),
    remove: (id, version) => store.remove(id, version),
    list: (options) => store.list(options),
    due: (limit) => store.due(limit),
    takeTurn: (step) => store.takeTurn(step),
    usage: (ownerId, options) => store.usage(ownerId, options),
    endedSince: (ageMs, having, limit) => store.endedSince(ageMs, having, limit),
    openIntent: (intent) => store.openIntent(intent),
    touchIntent: (id, fileIds, reserved) => store.touchIntent(id, fileIds, reserved),
    staleIntents: (ageMs, limit) => store.staleIntents(ageMs, limit),
    dropIntent: (id) => store.dropIntent(id),
    isIntended: (fileId) => store.isIntended(fileId),
    openUpload: (upload) => store.openUpload(upload),
    getUpload: (id) => store.getUpload(id),
    replaceUpload: (upload, version) => store.replaceUpload(upload, version),
    dueUploads: (limit) => store.dueUploads(limit),
    accept: (intentId, jobs) => store.accept(intentId, jobs),
    findByIdempotencyKey: (ownerId, key) => store.findByIdempotencyKey(ownerId, key),
    now: () => store.now(),
    ping: () => store.ping(),
    close: () => store.close(),
    ...faults,
  };
}

/** A real file store, with faults in place of some of its methods. */
export function faultyFiles(store: FileStore, faults: Partial<FileStore>): FileStore {
  return {
    write: (meta, content, signal) => store.write(meta, content, signal),
    stat: (id) => store.stat(id),
    read: (id, range) => store.read(id, range),
    copyTo: (id, path, signal) => store.copyTo(id, path, signal),
    delete: (id) => store.delete(id),
    listOlderThan: (ageMs, options) => store.listOlderThan(ageMs, options),
    sweepPartials: (ageMs) => store.sweepPartials(ageMs),
    ping: () => store.ping(),
    close: () => store.close(),
    ...faults,
  };
}
