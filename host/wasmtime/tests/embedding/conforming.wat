;; A filter that conforms to ABI version 1, except where its function `$fault` is called. The first
;; byte of the input selects the result (`input` in mod.rs has names for them):
;;
;;   v  a verdict                        e  error -2 with a message
;;   c  the configuration, as verdict    t  error -2 with a message of 5,000 bytes
;;   x  error -99 without a message      anything else: no verdict
;;   i  configure, process, annotate, process_batch, observe and restore return `$fault`
;;   o  a verdict, then sekisho_output returns `$fault`
;;   l  an error, then sekisho_last_error returns `$fault`
;;   d  from now on sekisho_describe returns `$fault`; likewise f: sekisho_flush, s: sekisho_save,
;;      r: sekisho_reset
;;
;; observe does what process does, and for `m` returns the host's clock, 8 bytes. tick returns the
;; clock too, except that a tick at 105 (i) returns `$fault`. The state is what was restored. Its
;; first byte is the number of its parts (a digit; e: refused), and its limit 96 KiB; flush emits
;; and clears it.
;;
;; With an input of 1,999 bytes sekisho_input returns `$fault`. The largest input is 256 KiB.
(module
  (memory (export "memory") 8)
  (global $output (mut i32) (i32.const 0))
  (global $length (mut i32) (i32.const 0))
  (global $faulty (mut i32) (i32.const 0))
  (global $configuration_length (mut i32) (i32.const 0))
  ;; The state. There is room for the next one after its end or before its beginning.
  (global $state (mut i32) (i32.const 327680))
  (global $state_length (mut i32) (i32.const 0))
  (global $next (mut i32) (i32.const 425984))
  (global $next_length (mut i32) (i32.const 0))
  (global $parts_left (mut i32) (i32.const 0))

  (data (i32.const 16) "{\"kind\":\"console_login\"}")
  (data (i32.const 64) "expected a value, found the letter e")
  (data (i32.const 544) "{\"kind\":\"console_login\",\"outcome\":\"failure\",\"reason\":null,\"principal\":\"root\",\"mfa\":\"unknown\",\"user_exists\":\"yes\"}")
  (data (i32.const 672) "\"signin\":{\"kind\":\"console_login\",\"outcome\":\"failure\",\"reason\":null,\"principal\":\"root\",\"mfa\":\"unknown\",\"user_exists\":\"yes\"}")
  ;; The output of every batch: record 1 is a sign-in, record 4 cannot be read.
  (data (i32.const 800) "\01\00\00\00" "\71\00\00\00" "{\"kind\":\"console_login\",\"outcome\":\"failure\",\"reason\":null,\"principal\":\"root\",\"mfa\":\"unknown\",\"user_exists\":\"yes\"}"
                        "\04\00\00\00" "\fe\ff\ff\ff")
  (data (i32.const 192) "{\"name\":\"example\"}")
  ;; Data for faults.
  (data (i32.const 256) "\ff\fe")
  (data (i32.const 272) "\01\00\00\00" "\ff\ff\ff\7f" "{}")

  (func $fault (result i32) (;FAULT;))

  ;; Sets the output and returns its length.
  (func $output (param $at i32) (param $n i32) (result i32)
    (global.set $output (local.get $at))
    (local.get $n))

  (func $fail (param $message i32) (param $n i32) (param $code i32) (result i32)
    (global.set $output (local.get $message))
    (global.set $length (local.get $n))
    (local.get $code))

  (func (export "sekisho_abi_v1"))

  (func (export "sekisho_input") (param $n i32) (result i32)
    (if (i32.eq (local.get $n) (i32.const 1999)) (then (return (call $fault))))
    (select (i32.const 0) (i32.const 65536) (i32.gt_u (local.get $n) (i32.const 262144))))

  (func (export "sekisho_configure") (param $at i32) (param $n i32) (result i32)
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x69 (;i;))) (then (return (call $fault))))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x65 (;e;)))
      (then (return (call $fail (i32.const 64) (i32.const 36) (i32.const -4)))))
    (memory.copy (i32.const 1024) (local.get $at) (local.get $n))
    (global.set $configuration_length (local.get $n))
    (i32.const 0))

  (func $process (export "sekisho_process") (param $at i32) (param $n i32) (result i32)
    (local $first i32)
    (local.set $first (i32.load8_u (local.get $at)))
    (global.set $faulty (i32.const 0))
    (if (i32.eq (local.get $first) (i32.const 0x76 (;v;)))
      (then (return (call $output (i32.const 544) (i32.const 113)))))
    (if (i32.eq (local.get $first) (i32.const 0x63 (;c;)))
      (then (return (call $output (i32.const 1024) (global.get $configuration_length)))))
    (if (i32.eq (local.get $first) (i32.const 0x65 (;e;)))
      (then (return (call $fail (i32.const 64) (i32.const 36) (i32.const -2)))))
    (if (i32.eq (local.get $first) (i32.const 0x74 (;t;)))
      (then (return (call $fail (i32.const 4096) (i32.const 5000) (i32.const -2)))))
    (if (i32.eq (local.get $first) (i32.const 0x78 (;x;)))
      (then (return (call $fail (i32.const 0) (i32.const 0) (i32.const -99)))))
    (if (i32.eq (local.get $first) (i32.const 0x69 (;i;)))
      (then (return (call $fault))))
    (global.set $faulty (local.get $first))
    (if (i32.eq (local.get $first) (i32.const 0x6f (;o;)))
      (then (return (call $output (i32.const 16) (i32.const 24)))))
    (if (i32.eq (local.get $first) (i32.const 0x6c (;l;)))
      (then (return (i32.const -2))))
    (i32.const 0))

  ;; Inserts the field `signin` into the input, before its last byte.
  (func (export "sekisho_annotate") (param $at i32) (param $n i32) (result i32)
    (local $end i32)
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x76 (;v;)))
      (then (return (call $process (local.get $at) (local.get $n)))))
    (memory.copy (i32.const 327680) (local.get $at) (local.get $n))
    (local.set $end (i32.add (i32.const 327679) (local.get $n)))
    (memory.copy (local.get $end) (i32.const 672) (i32.const 122))
    (i32.store8 offset=122 (local.get $end) (i32.load8_u
      (i32.sub (i32.add (local.get $at) (local.get $n)) (i32.const 1))))
    (call $output (i32.const 327680) (i32.add (local.get $n) (i32.const 122))))

  (func (export "sekisho_process_batch") (param $at i32) (param $n i32) (param $framing i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x69 (;i;))) (then (return (call $fault))))
    (if (i32.eq (local.get $framing) (i32.const 2))
      (then (return (call $fail (i32.const 64) (i32.const 36) (i32.const -2)))))
    (call $output (i32.const 800) (i32.const 129)))

  (func (export "sekisho_output") (result i32)
    (if (i32.eq (global.get $faulty) (i32.const 0x6f (;o;))) (then (return (call $fault))))
    (global.get $output))

  (func (export "sekisho_last_error") (result i32)
    (if (i32.eq (global.get $faulty) (i32.const 0x6c (;l;))) (then (return (call $fault))))
    (global.get $length))

  (func (export "sekisho_describe") (result i32)
    (if (i32.eq (global.get $faulty) (i32.const 0x64 (;d;))) (then (return (call $fault))))
    (call $output (i32.const 192) (i32.const 18)))

  (func $clock (param $now_ms i64) (result i32)
    (i64.store (i32.const 288) (local.get $now_ms))
    (call $output (i32.const 288) (i32.const 8)))

  (func (export "sekisho_observe") (param $at i32) (param $n i32) (param $now_ms i64) (result i32)
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x6d (;m;)))
      (then (return (call $clock (local.get $now_ms)))))
    (call $process (local.get $at) (local.get $n)))

  (func (export "sekisho_tick") (param $now_ms i64) (result i32)
    (if (i64.eq (local.get $now_ms) (i64.const 0x69 (;i;))) (then (return (call $fault))))
    (if (i64.eqz (local.get $now_ms)) (then (return (i32.const 0))))
    (call $clock (local.get $now_ms)))

  (func (export "sekisho_flush") (result i32)
    (local $n i32)
    (if (i32.eq (global.get $faulty) (i32.const 0x66 (;f;))) (then (return (call $fault))))
    (local.set $n (global.get $state_length))
    (global.set $state_length (i32.const 0))
    (call $output (global.get $state) (local.get $n)))

  (func (export "sekisho_save") (result i32)
    (if (i32.eq (global.get $faulty) (i32.const 0x73 (;s;))) (then (return (call $fault))))
    (call $output (global.get $state) (global.get $state_length)))

  (func (export "sekisho_restore") (param $at i32) (param $n i32) (result i32)
    (local $first i32)
    (local.set $first (i32.load8_u (local.get $at)))
    (if (i32.eqz (local.get $n))
      (then
        (global.set $next_length (i32.const 0))
        (return (call $fail (i32.const 64) (i32.const 36) (i32.const -4)))))
    (if (i32.eqz (global.get $next_length))
      (then
        (if (i32.eq (local.get $first) (i32.const 0x69 (;i;))) (then (return (call $fault))))
        (if (i32.eq (local.get $first) (i32.const 0x65 (;e;)))
          (then (return (call $fail (i32.const 64) (i32.const 36) (i32.const -4)))))
        (global.set $parts_left (i32.sub (local.get $first) (i32.const 0x30 (;0;))))))
    (memory.copy
      (i32.add (global.get $next) (global.get $next_length)) (local.get $at) (local.get $n))
    (global.set $next_length (i32.add (global.get $next_length) (local.get $n)))
    (global.set $parts_left (i32.sub (global.get $parts_left) (i32.const 1)))
    (if (global.get $parts_left) (then (return (i32.const 1))))
    (global.set $state (global.get $next))
    (global.set $state_length (global.get $next_length))
    (global.set $next (i32.sub (i32.const 753664) (global.get $next)))
    (global.set $next_length (i32.const 0))
    (i32.const 0))

  (func (export "sekisho_reset")
    (if (i32.eq (global.get $faulty) (i32.const 0x72 (;r;))) (then (drop (call $fault))))
    (global.set $state_length (i32.const 0))))
