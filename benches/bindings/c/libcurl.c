/* A client written by hand: libcurl sends, OpenSSL signs with a key that it parsed once. It only looks whether the answer has a
 * token; it parses no JSON and explains no error. */

#include <curl/curl.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "program.h"

enum { HALF = 32, ROOM = 4096 };

static request self;
static EVP_PKEY *key;
static CURL *curl;
static char answer[ROOM];
static size_t answered;

static void must(int holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "%s failed\n", what);
        exit(1);
    }
}

static size_t receive(char *bytes, size_t size, size_t count, void *unused) {
    (void)unused;
    size_t length = size * count;
    if (length >= ROOM - answered) {
        return 0;
    }
    memcpy(answer + answered, bytes, length);
    answered += length;
    answer[answered] = '\0';
    return length;
}

void prepare(const request *request) {
    self = *request;
    FILE *file = fopen(self.key_file, "r");
    must(file != NULL, "fopen");
    key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    must(key != NULL, "PEM_read_PrivateKey");
    fclose(file);
    must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && (curl = curl_easy_init()) != NULL, "curl_easy_init");
    curl_easy_setopt(curl, CURLOPT_URL, self.token_endpoint);
    curl_easy_setopt(curl, CURLOPT_CAINFO, self.ca_file);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
}

/* Appends the bytes in base64url. */
static char *append(char *end, const void *bytes, size_t length) {
    int written = EVP_EncodeBlock((unsigned char *)end, bytes, (int)length);
    while (written > 0 && end[written - 1] == '=') {
        written--;
    }
    for (int i = 0; i < written; i++) {
        end[i] = end[i] == '+' ? '-' : end[i] == '/' ? '_' : end[i];
    }
    return end + written;
}

/* Writes an assertion and returns its end. */
static char *write_assertion(char *start) {
    unsigned char random[16], der[80], plain[2 * HALF];
    char jti[2 * sizeof random + 1], json[1024];
    must(RAND_bytes(random, sizeof random) == 1, "RAND_bytes");
    for (size_t i = 0; i < sizeof random; i++) {
        snprintf(jti + 2 * i, 3, "%02x", random[i]);
    }
    snprintf(json, sizeof json, "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\"}", self.key_id);
    char *end = append(start, json, strlen(json));
    *end++ = '.';
    long long now = time(NULL);
    snprintf(json, sizeof json, "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"jti\":\"%s\",\"iat\":%lld,\"exp\":%lld}",
             self.client_id, self.client_id, self.token_endpoint, jti, now, now + 300);
    end = append(end, json, strlen(json));

    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t length = sizeof der;
    must(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
         EVP_DigestSign(context, der, &length, (unsigned char *)start, (size_t)(end - start)) == 1, "EVP_DigestSign");
    EVP_MD_CTX_free(context);
    const unsigned char *read = der;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &read, (long)length);
    must(signature != NULL, "d2i_ECDSA_SIG");
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), plain, HALF);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), plain + HALF, HALF);
    ECDSA_SIG_free(signature);
    *end++ = '.';
    end = append(end, plain, sizeof plain);
    *end = '\0';
    return end;
}

void sign(void) {
    char assertion[ROOM];
    write_assertion(assertion);
}

void exchange(void) {
    char form[ROOM];
    int length = snprintf(form, sizeof form,
        "grant_type=client_credentials&client_id=%s"
        "&client_assertion_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Aclient-assertion-type%%3Ajwt-bearer&client_assertion=",
        self.client_id);
    char *end = write_assertion(form + length);
    answered = 0;
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)(end - form));
    must(curl_easy_perform(curl) == CURLE_OK, "curl_easy_perform");
    must(strstr(answer, "\"access_token\"") != NULL, answer);
}
