;; A module that breaks the ABI in ways that the first byte of a record selects.
;; `host/node/tests/faulty.wasm` is this text, compiled; a test here checks that.
(module
  (memory (export "memory") 2)
  (global $output (mut i32) (i32.const 0))
  (global $configured (mut i32) (i32.const 0))
  (data (i32.const 65536) "not json")
  ;; The output of a batch: record 7, two bytes of JSON.
  (data (i32.const 65544) "\07\00\00\00\02\00\00\00{}")

  (func (export "sekisho_abi_v1"))

  ;; From 1000 bytes on, the buffer begins inside the memory and ends after it.
  (func (export "sekisho_input") (param $length i32) (result i32)
    (if (i32.ge_u (local.get $length) (i32.const 1000)) (then (return (i32.const 130800))))
    (i32.const 8))

  (func (export "sekisho_output") (result i32) (global.get $output))

  (func $result (param $at i32) (param $length i32) (result i32)
    (local $byte i32)
    (local.set $byte (i32.load8_u (local.get $at)))
    ;; t: a trap
    (if (i32.eq (local.get $byte) (i32.const 0x74)) (then unreachable))
    ;; l: an endless loop
    (if (i32.eq (local.get $byte) (i32.const 0x6c)) (then (loop $again (br $again))))
    ;; r: an endless recursion
    (if (i32.eq (local.get $byte) (i32.const 0x72))
      (then (return (i32.add (i32.const 1) (call $result (local.get $at) (local.get $length))))))
    ;; o: an output outside the memory, at an address above 2 GiB
    (if (i32.eq (local.get $byte) (i32.const 0x6f))
      (then (global.set $output (i32.const 0xfffffff0)) (return (i32.const 32))))
    ;; p: an output that ends after the end of the memory
    (if (i32.eq (local.get $byte) (i32.const 0x70))
      (then (global.set $output (i32.const 131064)) (return (i32.const 32))))
    ;; j: an output that is not JSON, and that is too short as the output of a batch
    (if (i32.eq (local.get $byte) (i32.const 0x6a))
      (then (global.set $output (i32.const 65536)) (return (i32.const 8))))
    ;; i: in a batch, a result for record 7, even if there are fewer records
    (if (i32.eq (local.get $byte) (i32.const 0x69))
      (then (global.set $output (i32.const 65544)) (return (i32.const 10))))
    ;; g: allocates all memory, or returns -5
    (if (i32.eq (local.get $byte) (i32.const 0x67))
      (then (return (select (i32.const -5) (i32.const 0)
        (i32.eq (memory.grow (i32.const 65000)) (i32.const -1))))))
    ;; b: an internal error
    (if (i32.eq (local.get $byte) (i32.const 0x62)) (then (return (i32.const -6))))
    ;; x: an error of a later version
    (if (i32.eq (local.get $byte) (i32.const 0x78)) (then (return (i32.const -99))))
    ;; c: an error if the instance is configured
    (if (i32.eq (local.get $byte) (i32.const 0x63))
      (then (return (select (i32.const -7) (i32.const 0) (global.get $configured)))))
    (i32.const 0))

  (func (export "sekisho_process") (param i32 i32) (result i32)
    (call $result (local.get 0) (local.get 1)))
  (func (export "sekisho_annotate") (param i32 i32) (result i32)
    (call $result (local.get 0) (local.get 1)))
  (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32)
    ;; With lengths, a record begins after its length.
    (call $result
      (i32.add (local.get 0) (select (i32.const 0) (i32.const 4) (local.get 2)))
      (local.get 1)))

  ;; Accepts the first configuration of an instance.
  (func (export "sekisho_configure") (param i32 i32) (result i32)
    (if (global.get $configured) (then (return (i32.const -4))))
    (global.set $configured (i32.const 1))
    (i32.const 0))

  (func (export "sekisho_last_error") (export "sekisho_describe") (result i32) (i32.const 0)))
