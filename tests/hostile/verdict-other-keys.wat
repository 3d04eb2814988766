;; The verdict is JSON, but does not begin with the keys of every verdict.
;; expect: fault process
(module
  (memory (export "memory") 2)
  (data (i32.const 16) "{\"sort\":\"console_login\",\"outcome\":\"success\",\"reason\":null,\"principal\":\"root\",\"mfa\":\"used\",\"user_exists\":\"yes\"}")
  (func (export "sekisho_abi_v1"))

  (func (export "sekisho_input") (param i32) (result i32) (i32.const 65536))
  (func (export "sekisho_configure") (export "sekisho_annotate") (param i32 i32) (result i32)
    (i32.const 0))
  (func (export "sekisho_process") (param i32 i32) (result i32) (i32.const 110))
  (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) (i32.const 0))
  (func (export "sekisho_output") (result i32) (i32.const 16))
  (func (export "sekisho_last_error") (export "sekisho_describe") (result i32) (i32.const 0)))
