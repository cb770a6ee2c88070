# frozen_string_literal: true

# A small fiber scheduler, as a program may have one of its own.
class Scheduler
  def initialize
    @readable = {}
    @wakings = {}
    @unblocked = Queue.new
    @reader, @writer = IO.pipe
    @blocked = 0
  end

  def fiber(&block) = Fiber.new(blocking: false, &block).tap(&:resume)

  def io_wait(io, events, _timeout)
    @readable[io] = Fiber.current
    Fiber.yield
    events
  ensure
    @readable.delete(io)
  end

  def kernel_sleep(duration = nil) = block(:sleep, duration)

  def block(_blocker, timeout = nil)
    timeout ? @wakings[Fiber.current] = now + timeout : @blocked += 1
    Fiber.yield
  ensure
    @wakings.delete(Fiber.current) || (@blocked -= 1)
  end

  def unblock(_blocker, fiber)
    @unblocked << fiber
    @writer.write(".")
  rescue IOError
    nil # It has resumed the fiber meanwhile, and has ended.
  end

  # Runs all fibers until they have ended.
  def close
    until @readable.empty? && @wakings.empty? && @blocked.zero?
      ready, = IO.select([@reader, *@readable.keys], nil, nil, pause)
      resume(ready || [])
    end
    [@reader, @writer].each(&:close)
  end

  private

  def resume(ready)
    @reader.read_nonblock(1000) if ready.delete(@reader)
    ready.each { |io| @readable[io]&.resume }
    @unblocked.pop.resume until @unblocked.empty?
    @wakings.select { |_, time| time <= now }.each_key { |fiber| fiber.resume if @wakings.key?(fiber) }
  end

  def pause
    next_waking = @wakings.values.min
    next_waking && [next_waking - now, 0].max
  end

  def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)
end
