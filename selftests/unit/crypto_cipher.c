// SPDX-License-Identifier: GPL-2.0-or-later
/* Hashes, HMAC and CBC ciphers against published vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>

#include <cmocka.h>

#include "hex.h"
#include "ike-daemon/crypto/crypto.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void expect(const void *got, const char *hex)
{
	size_t len;
	uint8_t *want = hex_bytes(hex, &len);

	assert_memory_equal(got, want, len);
	free(want);
}

/* "abc": RFC 1321, FIPS 180; "Jefe": RFC 2202 case 2, RFC 4231 case 2. */
static const struct {
	enum crypto_hash hash;
	const char *abc;
	const char *jefe;
} hashes[] = {
	{ CRYPTO_MD5,
	  "900150983cd24fb0d6963f7d28e17f72",
	  "750c783e6ab0b503eaa86e310a5db738" },
	{ CRYPTO_SHA1,
	  "a9993e364706816aba3e25717850c26c9cd0d89d",
	  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
	{ CRYPTO_SHA256,
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ CRYPTO_SHA384,
	  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	  "8086072ba1e7cc2358baeca134c825a7",
	  "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
	  "8e2240ca5e69e2c78b3239ecfab21649" },
	{ CRYPTO_SHA512,
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	  "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	  "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
};

static void test_hashes(void **state)
{
	static const char question[] = "what do ya want for nothing?";
	struct crypto_chunk abc[] = { CRYPTO_CHUNK("a", 1),
				      CRYPTO_CHUNK(NULL, 0),
				      CRYPTO_CHUNK("bc", 2) };
	struct crypto_chunk parts[] = { CRYPTO_CHUNK(question, 5),
					CRYPTO_CHUNK(question + 5, 23) };
	uint8_t out[CRYPTO_HASH_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(hashes); i++) {
		assert_int_equal(strlen(hashes[i].abc),
				 2 * crypto_hash_len(hashes[i].hash));
		assert_int_equal(crypto_hash(hashes[i].hash, abc, 3, out), 0);
		expect(out, hashes[i].abc);
		assert_int_equal(crypto_hmac(hashes[i].hash, "Jefe", 4, parts,
					     2, out), 0);
		expect(out, hashes[i].jefe);
	}
	assert_int_equal(crypto_hash(CRYPTO_HASH_NONE, abc, 3, out), -EINVAL);
	assert_int_equal(crypto_hmac(CRYPTO_HASH_COUNT, "k", 1, abc, 3, out),
			 -EINVAL);
}

/* HMAC with an empty key equals one with a key of zero bytes (RFC 2104). */
static void test_empty_key(void **state)
{
	struct crypto_chunk in = CRYPTO_CHUNK("abc", 3);
	uint8_t a[CRYPTO_HASH_MAX], b[CRYPTO_HASH_MAX], zero[64] = { 0 };

	(void)state;
	assert_int_equal(crypto_hmac(CRYPTO_SHA256, NULL, 0, &in, 1, a), 0);
	assert_int_equal(crypto_hmac(CRYPTO_SHA256, zero, 64, &in, 1, b), 0);
	assert_memory_equal(a, b, 32);
}

static const struct {
	enum crypto_cipher cipher;
	const char *key, *iv, *plain, *crypt;
} ciphers[] = {
	/* FIPS 81, CBC example */
	{ CRYPTO_DES_CBC, "0123456789abcdef", "1234567890abcdef",
	  "4e6f77206973207468652074696d6520666f7220616c6c20",
	  "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6" },
	/* SP 800-67, B.1: single blocks, hence a zero IV */
	{ CRYPTO_3DES_CBC, "0123456789abcdef23456789abcdef01456789abcdef0123",
	  "0000000000000000", "5468652071756663", "a826fd8ce53b855f" },
	{ CRYPTO_3DES_CBC, "0123456789abcdef23456789abcdef01456789abcdef0123",
	  "0000000000000000", "6b2062726f776e20", "cce21c8112256fe6" },
	/* RFC 3602, cases 1 and 2 */
	{ CRYPTO_AES128_CBC, "06a9214036b8a15b512e03d534120006",
	  "3dafba429d9eb430b422da802c9fac41",
	  "53696e676c6520626c6f636b206d7367",
	  "e353779c1079aeb82708942dbe77181a" },
	{ CRYPTO_AES128_CBC, "c286696d887c9aa0611bbb3e2025a45a",
	  "562e17996d093d28ddb3ba695a2e6f58",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1" },
	/* SP 800-38A, F.2.3 and F.2.5, first block */
	{ CRYPTO_AES192_CBC, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
	  "000102030405060708090a0b0c0d0e0f",
	  "6bc1bee22e409f96e93d7e117393172a",
	  "4f021db243bc633d7178183a9fa071e8" },
	{ CRYPTO_AES256_CBC,
	  "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
	  "000102030405060708090a0b0c0d0e0f",
	  "6bc1bee22e409f96e93d7e117393172a",
	  "f58c4c04d6e5f1ba779eabfb5f7bfbd6" },
};

static void check_cipher(size_t i)
{
	enum crypto_cipher c = ciphers[i].cipher;
	size_t key_len, block, len;
	uint8_t *key = hex_bytes(ciphers[i].key, &key_len);
	uint8_t *iv = hex_bytes(ciphers[i].iv, &block), *iv2;
	uint8_t *data = hex_bytes(ciphers[i].plain, &len);

	assert_int_equal(key_len, crypto_cipher_key_len(c));
	assert_int_equal(block, crypto_cipher_block_len(c));
	iv2 = exact_copy(iv, block);
	assert_int_equal(crypto_encrypt(c, key, iv, data, len), 0);
	expect(data, ciphers[i].crypt);
	/* The next message's IV is the last block, on both sides. */
	assert_memory_equal(iv, data + len - block, block);
	assert_int_equal(crypto_decrypt(c, key, iv2, data, len), 0);
	expect(data, ciphers[i].plain);
	assert_memory_equal(iv, iv2, block);
	/* Partial blocks are refused and change nothing. */
	assert_int_equal(crypto_encrypt(c, key, iv, data, len - 1), -EINVAL);
	assert_int_equal(crypto_decrypt(c, key, iv, data, 0), -EINVAL);
	expect(data, ciphers[i].plain);
	assert_memory_equal(iv, iv2, block);
	free(key);
	free(iv);
	free(iv2);
	free(data);
}

static void test_ciphers(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(ciphers); i++)
		check_cipher(i);
}

static void test_bad_cipher(void **state)
{
	uint8_t block[16] = { 0 };

	(void)state;
	assert_int_equal(crypto_encrypt(CRYPTO_CIPHER_NONE, block, block,
					block, 16), -EINVAL);
	assert_int_equal(crypto_cipher_key_len(CRYPTO_CIPHER_COUNT), 0);
	assert_string_equal(crypto_cipher_name(CRYPTO_3DES_CBC), "3DES-CBC");
	assert_string_equal(crypto_hash_name(CRYPTO_SHA1), "SHA-1");
}

static void test_random(void **state)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	(void)state;
	assert_int_equal(crypto_random(a, sizeof(a)), 0);
	assert_int_equal(crypto_random(b, sizeof(b)), 0);
	assert_memory_not_equal(a, b, sizeof(a));
}

/* Without the legacy module the daemon must say so, not fail later. */
static void test_missing_provider(void **state)
{
	struct err err = { "" };

	(void)state;
	crypto_exit();
	setenv("OPENSSL_MODULES", "/nonexistent", 1);
	assert_int_equal(crypto_init(&err), -ENOTSUP);
	assert_non_null(strstr(err.text, "legacy provider does not load"));
	unsetenv("OPENSSL_MODULES");
	assert_int_equal(crypto_init(&err), 0);
}

static int set_up(void **state)
{
	(void)state;
	return crypto_init(NULL);
}

static int tear_down(void **state)
{
	(void)state;
	crypto_exit();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_empty_key),
		cmocka_unit_test(test_ciphers),
		cmocka_unit_test(test_bad_cipher),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_missing_provider),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
