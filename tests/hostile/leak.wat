;; Every call leaks a megabyte and traps when no memory is left.
;; expect: survives
;; needs: memory limit
(module
  (memory (export "memory") 2)
  (func $lie (result i32)
    (if (i32.lt_s (memory.grow (i32.const 16)) (i32.const 0)) (then (unreachable)))
    (i32.const 0))
  (func (export "sekisho_abi_v1"))

  (func (export "sekisho_input") (param i32) (result i32) (i32.const 65536))
  (func (export "sekisho_configure") (export "sekisho_process") (export "sekisho_annotate")
        (export "sekisho_restore") (param i32 i32) (result i32)
    (call $lie))
  (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) (call $lie))
  (func (export "sekisho_output") (export "sekisho_last_error") (result i32) (i32.const 0))
  (func (export "sekisho_describe") (export "sekisho_flush") (export "sekisho_save") (result i32)
    (call $lie))
  (func (export "sekisho_observe") (param i32 i32 i64) (result i32) (call $lie))
  (func (export "sekisho_tick") (param i64) (result i32) (call $lie))
  (func (export "sekisho_reset") (drop (call $lie))))
