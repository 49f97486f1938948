"""Numbers of the system calls that the filter knows: name, x86-64, aarch64 (`-` where there is none)."""

import platform

# What NumPy and PyTorch on a CPU, and Python itself, need once they are loaded.
_ALLOWED = """
    read 0 63; write 1 64; readv 19 65; writev 20 66; pread64 17 67; openat 257 56; open 2 -;
    close 3 57; fstat 5 80; newfstatat 262 79; stat 4 -; lstat 6 -; statx 332 291; lseek 8 62;
    access 21 -; faccessat 269 48; faccessat2 439 439; mmap 9 222; munmap 11 215; mremap 25 216;
    mprotect 10 226; madvise 28 233; brk 12 214; futex 202 98; getdents64 217 61; readlink 89 -;
    readlinkat 267 78; getcwd 79 17; rt_sigaction 13 134; rt_sigprocmask 14 135; rt_sigreturn 15 139;
    sigaltstack 131 132; getrandom 318 278; getpid 39 172; getppid 110 173; gettid 186 178;
    getuid 102 174; geteuid 107 175; getgid 104 176; getegid 108 177; getgroups 115 158;
    set_robust_list 273 99; set_tid_address 218 96; rseq 334 293; sched_yield 24 124;
    sched_getaffinity 204 123; sched_setaffinity 203 122; sched_getparam 143 121;
    sched_getscheduler 145 120; mbind 237 235; get_mempolicy 239 236; membarrier 324 283; mkdir 83 -;
    mkdirat 258 34; unlink 87 -; unlinkat 263 35; rmdir 84 -; rename 82 -; renameat 264 38;
    renameat2 316 276; ftruncate 77 46; exit 60 93; exit_group 231 94; dup 32 23; dup2 33 -;
    dup3 292 24; sysinfo 99 179; uname 63 160; clock_gettime 228 113; clock_getres 229 114;
    gettimeofday 96 169; time 201 -; clock_nanosleep 230 115; nanosleep 35 101; poll 7 -; ppoll 271 73;
    getrusage 98 165; times 100 153; tgkill 234 131; wait4 61 260; restart_syscall 219 128;
"""

# What CUDA's driver calls besides, in its start and for its threads and events.
_ALLOWED_ON_GPU = """
    memfd_create 319 279; pipe2 293 59; eventfd2 290 19; epoll_create1 291 20; epoll_ctl 233 21;
    epoll_wait 232 -; epoll_pwait 281 22; fallocate 285 47; statfs 137 43; fstatfs 138 44;
    sched_get_priority_max 146 125; sched_get_priority_min 147 126; set_mempolicy 238 237;
    mlock 149 228; munlock 150 229; mincore 27 232; getcpu 309 168; capget 125 90; getresuid 118 148;
    getresgid 120 150; fadvise64 221 223;
"""

# Killed on a CPU; on a GPU only denied, since the driver may ask for them and go on without.
_SPARED_ON_GPU = ("process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp")

# What no honest submission calls: the process is killed, and the verdict is a sandbox violation.
_KILLED = """
    execve 59 221; execveat 322 281; ptrace 101 117; process_vm_readv 310 270;
    process_vm_writev 311 271; process_madvise 440 440; pidfd_getfd 438 438; kcmp 312 272; bpf 321 280;
    io_uring_setup 425 425; io_uring_enter 426 426; io_uring_register 427 427; userfaultfd 323 282;
    keyctl 250 219; add_key 248 217; request_key 249 218; perf_event_open 298 241; mount 165 40;
    umount2 166 39; pivot_root 155 41; chroot 161 51; move_mount 429 429; open_tree 428 428;
    fsopen 430 430; fsconfig 431 431; fsmount 432 432; fspick 433 433; mount_setattr 442 442;
    unshare 272 97; setns 308 268; init_module 175 105; finit_module 313 273; delete_module 176 106;
    kexec_load 246 104; kexec_file_load 320 294; reboot 169 142; swapon 167 224; swapoff 168 225;
    open_by_handle_at 304 -; name_to_handle_at 303 -; iopl 172 -; ioperm 173 -; modify_ldt 154 -;
    acct 163 89; quotactl 179 60;
"""

# Allowed with some arguments only.
_CHECKED = """
    fcntl 72 25; ioctl 16 29; prlimit64 302 261; prctl 157 167; clone 56 220; clone3 435 435;
"""

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column, AUDIT_ARCH
MACHINE = platform.machine()


def _numbers(table: str) -> dict[str, int]:
    column = MACHINES.get(MACHINE, (0, 0))[0]
    rows = (row.split() for row in table.split(";") if row.strip())
    return {row[0]: int(row[1 + column]) for row in rows if row[1 + column] != "-"}


ALLOWED = _numbers(_ALLOWED)
ALLOWED_ON_GPU = _numbers(_ALLOWED_ON_GPU)
KILLED = _numbers(_KILLED)
KILLED_ON_GPU = {name: number for name, number in KILLED.items() if name not in _SPARED_ON_GPU}
CHECKED = _numbers(_CHECKED)
AUDIT_ARCH = MACHINES.get(MACHINE, (0, 0))[1]
