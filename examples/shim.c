/* A shim for Lockstep: frames on standard input and output, and a device that knows one request.
   docs/shim.md describes the frames. Copy this file and let respond() talk to your device.

   cc -o shim shim.c && lockstep test --target shim:./shim --filter spdm/version/served */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 6, COUNTED = 2, LIMIT = 1 << 20 };

static const char hello[] =
    "{\"lockstep_shim\": 1, \"name\": \"example in C\", \"transport\": \"none\", \"reset\": true}";

struct frame {
  uint8_t kind; /* a letter */
  uint8_t tag;  /* the answer has that of the question */
  uint32_t size;
  uint8_t body[LIMIT];
};

static struct frame question, answer;

/* The end of the input, between two frames, is the end of the work. */
static int read_frame(struct frame* frame) {
  uint8_t header[HEADER];
  const size_t got = fread(header, 1, sizeof header, stdin);
  if (got == 0 && feof(stdin)) return 0;
  if (got != sizeof header) goto broken;
  const uint32_t counted =
      header[0] | (uint32_t)header[1] << 8 | (uint32_t)header[2] << 16 | (uint32_t)header[3] << 24;
  if (counted < COUNTED || counted - COUNTED > LIMIT) goto broken;
  frame->kind = header[4];
  frame->tag = header[5];
  frame->size = counted - COUNTED;
  if (fread(frame->body, 1, frame->size, stdin) == frame->size) return 1;
broken:
  fprintf(stderr, "shim: a broken frame\n");
  exit(1);
}

static void write_frame(const struct frame* frame) {
  const uint32_t counted = frame->size + COUNTED;
  const uint8_t header[HEADER] = {(uint8_t)counted,         (uint8_t)(counted >> 8), (uint8_t)(counted >> 16),
                                  (uint8_t)(counted >> 24), frame->kind,             frame->tag};
  fwrite(header, 1, sizeof header, stdout);
  fwrite(frame->body, 1, frame->size, stdout);
  if (fflush(stdout) != 0) exit(1);
}

static void set_answer(char kind, const void* body, size_t size) {
  answer.kind = (uint8_t)kind;
  answer.tag = question.tag;
  answer.size = (uint32_t)size;
  memcpy(answer.body, body, size);
}

/* SPDM (DSP0274) as far as its first message: versions 1.1 and 1.2, everything else is refused.
   A real shim sends the message to the device here, and gives back what it answers. */
static void respond(const uint8_t* message, size_t size) {
  static const uint8_t version[] = {0x10, 0x04, 0, 0, 0, 2, 0x00, 0x11, 0x00, 0x12};
  static const uint8_t version_mismatch[] = {0x10, 0x7F, 0x41, 0};
  static const uint8_t invalid_request[] = {0x10, 0x7F, 0x01, 0};
  const int get_version = size >= 2 && message[1] == 0x84;
  if (get_version && message[0] != 0x10)
    set_answer('C', version_mismatch, sizeof version_mismatch);
  else if (get_version && size >= 4)
    set_answer('C', version, sizeof version);
  else
    set_answer('C', invalid_request, sizeof invalid_request);
}

int main(void) {
  answer.kind = 'H';
  answer.size = sizeof hello - 1;
  memcpy(answer.body, hello, answer.size);
  write_frame(&answer);
  while (read_frame(&question)) {
    switch (question.kind) {
      case 'C': /* a message in the clear */
        respond(question.body, question.size);
        break;
      case 'S': /* a secured record: this device has no sessions, and says nothing to one */
        set_answer('N', "", 0);
        break;
      default: /* 'I', a stimulus, and whatever later versions ask for */
        set_answer('U', "", 0);
    }
    write_frame(&answer);
  }
  return 0;
}
