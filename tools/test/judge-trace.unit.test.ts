import { expect, test } from 'vitest';
import { judgeTrace } from '../strace/judge-trace.ts';

const places = { roots: ['/opt/s'], folder: '/w/project', home: '/w/home', node: '/opt/node', temporary: '/w/tmp' };

test.each([
  [
    'openat(AT_FDCWD</w/project>, "../home/secret.txt", O_RDONLY|O_CLOEXEC) = 17</w/home/secret.txt>',
    /^read \/w\/home/,
  ],
  ['openat(AT_FDCWD</w/project>, "link.txt", O_RDONLY) = 17</w/home/secret.txt>', /^read \/w\/home\/secret\.txt/],
  ['openat(AT_FDCWD</w>, "/proc/1/environ", O_RDONLY) = 17</proc/1/environ>', /^read \/proc\/1\/environ/],
  ['openat(AT_FDCWD</w/project>, "out/one/sum.txt", O_WRONLY|O_CREAT, 0666) = 17</w/home/keep.txt>', /^opened .*keep/],
  ['openat(AT_FDCWD</w/project>, "one.json", O_RDWR) = 17</w/project/one.json>', /^opened .* for writing/],
  ['rename("/w/project/out/a", "/w/home/keep.txt") = 0', /^rename of \/w\/home\/keep\.txt/],
  ['unlink("/w/home/keep.txt") = 0', /^unlink of/],
  ['execve("taskset", ["taskset", "--pid"], 0x7ffd /* 5 vars */) = 0', /^started \S*taskset/],
  ['execve("/bin/sh", ["/bin/sh", "-c", "id"], 0x7ffd /* 5 vars */) = 0', /^started \/bin\/sh/],
  ['connect(20<socket:[1]>, {sa_family=AF_INET, sin_port=htons(9)}, 16) = -1 EINPROGRESS', /^connect/],
])('%s is told', (line, sentence) => {
  expect(judgeTrace([line], places)).toEqual([expect.stringMatching(sentence)]);
});

test.each([
  'openat(AT_FDCWD</w/project>, "one.json", O_RDONLY|O_CLOEXEC) = 17</w/project/one.json>',
  'openat(AT_FDCWD</w/project>, "/opt/s/apps/cli/src/main.ts", O_RDONLY|O_CLOEXEC) = 17</opt/s/apps/cli/src/main.ts>',
  'openat(AT_FDCWD</w/project>, "/w/home/secret.txt", O_RDONLY) = -1 ENOENT (No such file or directory)',
  'openat(AT_FDCWD</w/project>, "/w/project/out/one/.a", O_WRONLY|O_CREAT, 0666) = 17</w/project/out/one/.a>',
  'execve("/opt/node", ["/opt/node", "worker"], 0x7ffd /* 5 vars */) = 0',
  'execve("/usr/bin/taskset", ["/usr/bin/taskset", "--cpu-list", "--pid", "0,1", "7"], 0x7ffd /* 5 vars */) = 0',
  '+++ exited with 0 +++',
])('%s is not', (line) => {
  expect(judgeTrace([line], places)).toEqual([]);
});
