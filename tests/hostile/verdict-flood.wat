;; Every verdict has a megabyte: one rule that nobody configured.
;; expect: fault process annotate
;; needs: verdict limit
(module
  (memory (export "memory") 34)
  (data (i32.const 16) "{\"kind\":\"console_login\",\"outcome\":\"success\",\"reason\":null,\"principal\":\"root\",\"mfa\":\"used\",\"user_exists\":\"yes\",\"rules\":[\"")
  (data (i32.const 256) "\"]}")
  (data (i32.const 272) ",\"signin\":")
  (func (export "sekisho_abi_v1"))

  (func (export "sekisho_input") (param i32) (result i32) (i32.const 65536))
  (func (export "sekisho_configure") (param i32 i32) (result i32) (i32.const 0))
  ;; Writes a verdict of 1 MiB.
  (func $verdict (param $to i32)
    (memory.fill (local.get $to) (i32.const 0x78) (i32.const 0x100000))
    (memory.copy (local.get $to) (i32.const 16) (i32.const 120))
    (memory.copy
      (i32.add (local.get $to) (i32.const 0xffffd)) (i32.const 256) (i32.const 3)))
  (func (export "sekisho_process") (param i32 i32) (result i32)
    (call $verdict (i32.const 131072))
    (i32.const 0x100000))
  ;; All of the record but its last byte, the field, and that byte.
  (func (export "sekisho_annotate") (param $at i32) (param $n i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (i32.const 131071) (local.get $n)))
    (memory.copy (i32.const 131072) (local.get $at) (local.get $n))
    (memory.copy (local.get $end) (i32.const 272) (i32.const 10))
    (call $verdict (i32.add (local.get $end) (i32.const 10)))
    (i32.store8 (i32.add (local.get $end) (i32.const 0x10000a)) (i32.const 0x7d))
    (i32.add (local.get $n) (i32.const 0x10000a)))
  (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) (i32.const 0))
  (func (export "sekisho_output") (result i32) (i32.const 131072))
  (func (export "sekisho_last_error") (export "sekisho_describe") (result i32) (i32.const 0)))
