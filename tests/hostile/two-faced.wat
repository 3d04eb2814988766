;; The verdict on a record is success, the one that is added to it is failure.
;; expect: survives
(module
  (memory (export "memory") 34)
  (data (i32.const 16) "{\"kind\":\"console_login\",\"outcome\":\"success\",\"reason\":null,\"principal\":\"root\",\"mfa\":\"used\",\"user_exists\":\"yes\"}")
  (data (i32.const 256) ",\"signin\":{\"kind\":\"console_login\",\"outcome\":\"failure\",\"reason\":null,\"principal\":\"root\",\"mfa\":\"used\",\"user_exists\":\"yes\"}}")
  (global $output (mut i32) (i32.const 16))
  (func (export "sekisho_abi_v1"))

  (func (export "sekisho_input") (param i32) (result i32) (i32.const 65536))
  (func (export "sekisho_configure") (param i32 i32) (result i32) (i32.const 0))
  (func (export "sekisho_process") (param i32 i32) (result i32)
    (global.set $output (i32.const 16))
    (i32.const 110))
  (func (export "sekisho_annotate") (param $at i32) (param $n i32) (result i32)
    (global.set $output (i32.const 131072))
    (memory.copy (i32.const 131072) (local.get $at) (local.get $n))
    (memory.copy
      (i32.add (i32.const 131071) (local.get $n)) (i32.const 256) (i32.const 121))
    (i32.add (local.get $n) (i32.const 120)))
  (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) (i32.const 0))
  (func (export "sekisho_output") (result i32) (global.get $output))
  (func (export "sekisho_last_error") (export "sekisho_describe") (result i32) (i32.const 0)))
